#!/usr/bin/env bash
# libvirt says that a device is detached, and then that there is none, while the guest still has it.
#
# Packages: libvirt-daemon-driver-qemu 9.0.0-4+deb12u2, qemu-system-x86 1:7.2+dfsg-7+deb12u18+b3 (Debian 12). A detach needs the guest's
# consent, and libvirt waits 5 seconds for it. One expects that detaching again, from the running guest and from its stored description
# at once (--live --config), fails or waits as long as the guest has the device, and that "device not found" means that it is gone.
# Instead, with a guest that does not respond, because it has no operating system or is still starting:
#   * The first call succeeds ("Device detached successfully"). The stored description no longer has the device, QEMU has.
#   * Every further call fails at once with "device not found: no target device vdb", because of the stored description. QEMU still has it.
#   * Attaching it again is refused as a duplicate. Detaching with --live alone sends the request to the guest again.
#
# Why it matters: who repeats the call until the device is not found, as is usual for an asynchronous deletion, gives a disk or a PCI
# function to the next tenant, or erases it, while the first one's guest is using it. A retry must detach with --live alone, and the
# device is free when the event "device removed" has come, or when the description of the running guest no longer has it; a return value
# says neither. Kilonova does not call libvirt; before it erases a drive, it claims the block devices exclusively (docs/drivers/nvme.md).
#
# Exit status: 0 if this is still so, 1 if it has changed, 77 if the packages cannot be had or installed. Needs Debian 12 as root, and
# network access to its packages. They are installed in an overlay of the file system, which is kept in memory (400 MB) and which this
# script alone sees.
set -euo pipefail
libvirt=9.0.0-4+deb12u2 qemu=1:7.2+dfsg-7+deb12u18+b3

if [ "${1:-}" != inside ]; then
    unshare --mount --pid --fork true 2>/dev/null || exit 77
    folder=$(mktemp -d)
    trap 'rmdir "$folder"' EXIT
    unshare --mount --pid --fork --mount-proc "$(readlink -f "$0")" inside "$folder"
    exit
fi
folder=$2
mount -t tmpfs finding "$folder"
mkdir "$folder/upper" "$folder/work" "$folder/root"
mount -t overlay -o "lowerdir=/,upperdir=$folder/upper,workdir=$folder/work" overlay "$folder/root" || exit 77
cd "$folder/root"
cp -L --remove-destination /etc/resolv.conf /etc/hosts etc/
printf 'exit 101\n' >usr/sbin/policy-rc.d
chmod +x usr/sbin/policy-rc.d
mount --rbind /dev dev
mount --rbind /sys sys
mount -t proc proc proc
mount -t tmpfs run run

cat >install.sh <<'S'
export DEBIAN_FRONTEND=noninteractive
apt-get install -y -qq --no-install-recommends --allow-downgrades qemu-system-x86="$2" qemu-utils="$2" libvirt-daemon="$1" libvirt0="$1" \
    libvirt-daemon-driver-qemu="$1" libvirt-clients="$1"
S
chroot . bash install.sh "$libvirt" "$qemu" >install.log 2>&1 || exit 77
mkdir -p etc/libvirt run/libvirt var/log/libvirt/qemu var/lib/libvirt/qemu var/cache/libvirt/qemu
chroot . id libvirt-qemu >/dev/null 2>&1 || chroot . useradd --system --user-group libvirt-qemu
cat >etc/libvirt/qemu.conf <<'C'
user = "root"
group = "root"
security_driver = "none"
cgroup_controllers = [ ]
namespaces = [ ]
remember_owner = 0
stdio_handler = "file"
C
echo 'auth_unix_rw = "none"' >etc/libvirt/libvirtd.conf
chroot . libvirtd -d
ask() { chroot . virsh "$@" 2>&1 | grep . | tail -1 || true; }
for _ in $(seq 100); do [[ $(ask uri) == qemu:* ]] && break || sleep 0.1; done

cat >guest.xml <<'X'
<domain type='qemu'><name>guest</name><memory unit='MiB'>64</memory><os><type arch='x86_64' machine='pc'>hvm</type></os>
<features><acpi/></features><devices><emulator>/usr/bin/qemu-system-x86_64</emulator></devices></domain>
X
cat >disk.xml <<'X'
<disk type='file' device='disk'><driver name='qemu' type='raw'/><source file='/disk'/><target dev='vdb' bus='virtio'/></disk>
X
truncate -s 1M disk
ask define guest.xml >/dev/null
ask start guest >/dev/null

changed=0
expect() { # what it is, what was seen, what it was
    echo "$1: $2"
    [ "$2" = "$3" ] || { echo "changed: this was $3"; changed=1; }
}
has() { # where the device is
    local where=""
    [[ $(chroot . virsh dumpxml --inactive guest) != *"dev='vdb'"* ]] || where+=" stored"
    [[ $(chroot . virsh dumpxml guest) != *"dev='vdb'"* ]] || where+=" running"
    [[ $(chroot . virsh qemu-monitor-command guest --hmp info block) != */disk* ]] || where+=" QEMU"
    echo "${where:- nowhere}"
}
expect "attach" "$(ask attach-device guest disk.xml --live --config),$(has)" "Device attached successfully, stored running QEMU"
expect "first detach" "$(ask detach-device guest disk.xml --live --config),$(has)" "Device detached successfully, running QEMU"
gone="error: device not found: no target device vdb"
expect "second detach" "$(ask detach-device guest disk.xml --live --config),$(has)" "$gone, running QEMU"
expect "detach with --live" "$(ask detach-device guest disk.xml --live),$(has)" "Device detached successfully, running QEMU"
exit $changed
