#!/usr/bin/env bash
# The virtual size of an ISO image can be much smaller than the image.
#
# Packages: oslo.utils 10.2.0 (PyPI), xorriso 1.5.4-4 (Debian 12). An ISO has no format of its own around the disk: its bytes are the
# disk. One expects that its virtual size is its size. But oslo.utils, which fills in virtual_size for Glance, reads the size of the ISO
# 9660 volume, and what was appended behind the volume is not counted: the EFI system partition of an image that boots from CD and from
# USB, and everything that persistence or a backup GPT adds. qemu-img shows the whole size.
#
# Why it matters: a quota, a minimum disk or a volume's size that is calculated from virtual_size is too small for the image, and copying
# the disk stops before its end or fails. Installers of distributions are images of this kind. Whoever stores the virtual size of an ISO
# should take the larger one of the volume and the file.
#
# Exit status: 0 if this is still so, 1 if it has changed, 77 if the packages cannot be had. Needs Debian 12 with python3-venv, and
# network access to its packages and to PyPI.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get download -qq xorriso=1.5.4-4 libisoburn1 libburn4 libisofs6 libjte2 dosfstools qemu-utils libaio1 liburing2 libnuma1 libgnutls30 \
    libnettle8 libhogweed6 libglib2.0-0 2>/dev/null || exit 77
for package in *.deb; do dpkg-deb -x "$package" tree; done
export LD_LIBRARY_PATH=$folder/tree/usr/lib/x86_64-linux-gnu
export PATH=$folder/tree/usr/sbin:$folder/tree/usr/bin:$folder/tree/sbin:$PATH
python3 -m venv venv
venv/bin/pip install -q --no-compile 'oslo.utils[image-inspection]==10.2.0' cryptography==50.0.2 2>/dev/null || exit 77

mkdir content
head -c 100000 /dev/zero >content/file
truncate -s 2M efi
mkfs.vfat efi >log
xorriso -as mkisofs -quiet -o plain.iso content 2>log
xorriso -as mkisofs -quiet -append_partition 2 0xef efi -o hybrid.iso content 2>log

changed=0
for image in plain.iso hybrid.iso; do
    size=$(stat -c %s $image)
    qemu=$(qemu-img info --output=json $image | python3 -c 'import json, sys; print(json.load(sys.stdin)["virtual-size"])')
    virtual=$(venv/bin/python -c 'import sys
from oslo_utils.imageutils import format_inspector
print(format_inspector.ISOInspector.from_file(sys.argv[1]).virtual_size)' $image)
    echo "$image: $size bytes, virtual size according to qemu-img $qemu, according to oslo.utils $virtual"
    [ "$qemu" = "$size" ] || { echo "changed: qemu-img does not count the whole file"; changed=1; }
    case $image in
    plain.iso) [ "$virtual" = "$size" ] || { echo "changed: the volume is not the whole image"; changed=1; } ;;
    hybrid.iso) [ $((virtual * 4)) -lt "$size" ] || { echo "changed: the appended partition is counted"; changed=1; } ;;
    esac
done
exit $changed
