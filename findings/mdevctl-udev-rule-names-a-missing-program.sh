#!/usr/bin/env bash
# Debian's mdevctl does not start persistent mediated devices when their parent appears.
#
# Package: mdevctl 1.2.0-3+b1 (Debian 12). One expects that a device defined with `mdevctl define --auto` is started as soon as its
# parent registers, because the package contains a udev rule for that. But the rule runs /usr/sbin/mdevctl, the package installs
# /usr/bin/mdevctl, and on Debian 12 these are different folders. The rule fails with "not found" in the system log, and no device is
# started. After a reboot the devices must be started with `mdevctl start-parent-mdevs PARENT`, or through sysfs.
#
# Exit status: 0 if this is still so, 1 if it has changed, 77 if the package cannot be had. Needs Debian 12 with network access to its
# packages.
set -euo pipefail
version=1.2.0-3+b1

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get download -qq "mdevctl=$version" 2>/dev/null || exit 77
dpkg-deb -x mdevctl_*.deb tree

rule=$(find tree -name '60-mdevctl.rules')
named=$(grep -o '/[a-z/]*/mdevctl start-parent-mdevs' "$rule" | cut -d' ' -f1 | sort -u)
installed=$(cd tree && find . -type f -name mdevctl -perm -u+x | sed 's/^\.//' | grep /bin/ || true)
echo "mdevctl $version: the udev rule runs $named, the package installs $installed"

[ "$named" = /usr/sbin/mdevctl ] || { echo "changed: the rule names another program"; exit 1; }
[ ! -e "tree$named" ] || { echo "changed: the program is there"; exit 1; }
[ "$installed" = /usr/bin/mdevctl ] || { echo "changed: the program is installed elsewhere"; exit 1; }
