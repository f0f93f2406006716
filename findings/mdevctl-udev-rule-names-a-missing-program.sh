#!/usr/bin/env bash
# Debian's mdevctl does not start persistent mediated devices when their parent appears.
#
# Package: mdevctl 1.2.0-3+b1 (Debian 12). One would think that a device defined with `mdevctl define --auto` is started as soon
# as its parent registers: the package ships a udev rule for it. The rule runs /usr/sbin/mdevctl, the package installs
# /usr/bin/mdevctl, and Debian 12 keeps the two folders apart. The rule fails with "not found" in the system's log, and no device is
# started. Whoever needs the devices after a reboot has to start them: `mdevctl start-parent-mdevs PARENT`, or by sysfs.
#
# Ends with 0 while that is so and with 1 when it is not any more. Needs a Debian 12 with network access to its packages.
set -euo pipefail
version=1.2.0-3+b1

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get download -qq "mdevctl=$version" 2>/dev/null
dpkg-deb -x mdevctl_*.deb tree

rule=$(find tree -name '60-mdevctl.rules')
named=$(grep -o '/[a-z/]*/mdevctl start-parent-mdevs' "$rule" | cut -d' ' -f1 | sort -u)
installed=$(cd tree && find . -type f -name mdevctl -perm -u+x | sed 's/^\.//' | grep /bin/ || true)
echo "mdevctl $version: the udev rule runs $named, the package installs $installed"

[ "$named" = /usr/sbin/mdevctl ] || { echo "changed: the rule names another program"; exit 1; }
[ ! -e "tree$named" ] || { echo "changed: the program is there"; exit 1; }
[ "$installed" = /usr/bin/mdevctl ] || { echo "changed: the program is installed elsewhere"; exit 1; }
