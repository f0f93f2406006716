#!/usr/bin/env bash
# libvirt's choice of a UEFI firmware enforces Secure Boot on the machine q35, and not on the machine pc.
#
# Packages: libvirt-daemon-driver-qemu 9.0.0-4+deb12u2, ovmf 2022.11-6+deb12u2, qemu-system-x86 1:7.2+dfsg-7+deb12u18+b3 (Debian 12). With
# <os firmware='efi'> libvirt chooses the firmware among the descriptors in /usr/share/qemu/firmware. One expects plain UEFI, as long as no
# feature is asked for. Instead:
#   * q35 gets OVMF_CODE_4M.ms.fd, whose variables have Microsoft's keys enrolled, so Secure Boot is enforced: of the descriptors that fit,
#     the first in the order of the file names.
#   * pc gets OVMF_CODE_4M.fd without Secure Boot, because the other descriptors are for q35 only.
#   * The stored description shows neither; the choice is made at the start.
# <feature enabled='no' name='secure-boot'/> gives q35 the same firmware as pc, and <feature enabled='no' name='enrolled-keys'/> one that
# can do Secure Boot but has no keys.
#
# Why it matters: an image whose boot loader is not signed boots with one machine type and not with the other, and a guest that was moved
# from pc to q35 stops booting. Guests that are started from a kernel of their own do not show it, because no loader is checked. A
# compute service that maps hw_firmware_type=uefi to firmware='efi' must always write the feature secure-boot, yes or no. Kilonova does
# not start guests yet.
#
# Exit status: 0 if this is still so, 1 if it has changed, 77 if the packages cannot be had or installed. Needs Debian 12 as root, and
# network access to its packages. They are installed in an overlay of the file system, which is kept in memory (400 MB) and which this
# script alone sees.
set -euo pipefail
libvirt=9.0.0-4+deb12u2 qemu=1:7.2+dfsg-7+deb12u18+b3 ovmf=2022.11-6+deb12u2

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
    libvirt-daemon-driver-qemu="$1" libvirt-clients="$1" ovmf="$3"
S
chroot . bash install.sh "$libvirt" "$qemu" "$ovmf" >install.log 2>&1 || exit 77
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

changed=0
chosen() { # MACHINE FEATURES...: the firmware of a guest
    local name features=""
    for name in "${@:2}"; do features+="<feature enabled='no' name='$name'/>"; done
    cat >guest.xml <<X
<domain type='qemu'><name>guest</name><memory unit='MiB'>64</memory>
<os firmware='efi'><type arch='x86_64' machine='$1'>hvm</type>${features:+<firmware>$features</firmware>}</os>
<features><acpi/></features><devices><emulator>/usr/bin/qemu-system-x86_64</emulator></devices></domain>
X
    ask define guest.xml >/dev/null
    [[ $(chroot . virsh dumpxml guest) != *OVMF_* ]] || echo -n "stored "
    ask start guest >/dev/null
    chroot . virsh dumpxml guest | grep -o 'OVMF_[A-Z0-9a-z_.]*' | paste -sd' '
    ask destroy guest >/dev/null
    ask undefine --nvram guest >/dev/null
}
expect() { # what it is, what was seen, what it was
    echo "$1: $2"
    [ "$2" = "$3" ] || { echo "changed: this was $3"; changed=1; }
}
expect "q35" "$(chosen q35)" "OVMF_CODE_4M.ms.fd OVMF_VARS_4M.ms.fd"
expect "pc" "$(chosen pc)" "OVMF_CODE_4M.fd OVMF_VARS_4M.fd"
expect "q35 without secure-boot" "$(chosen q35 secure-boot)" "OVMF_CODE_4M.fd OVMF_VARS_4M.fd"
expect "q35 without enrolled-keys" "$(chosen q35 enrolled-keys)" "OVMF_CODE_4M.secboot.fd OVMF_VARS_4M.fd"
exit $changed
