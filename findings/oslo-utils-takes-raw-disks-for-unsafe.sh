#!/usr/bin/env bash
# oslo.utils' format inspector takes good raw disks for broken partition tables, and refuses them as unsafe.
#
# Package: oslo.utils 10.2.0 (PyPI), whose inspector decides in Glance, Nova and Cinder what may be uploaded and booted. One expects that
# a raw image may hold any disk, because its bytes are not interpreted on the host. But every disk whose first sector ends with 55 aa, and
# that is not a FAT of the common kind, counts as partitioned, and must then have partitions. These fail the safety check:
#   * NTFS and exFAT on a whole disk, as volumes from Windows have them: "GPT MBR has no partitions defined"
#   * FAT on a disk of floppy size, as small seed disks for cloud-init can have, and FAT with one table: the same
#   * a GPT with a hybrid MBR, as sgdisk makes for machines that boot in both ways: "GPT MBR defines invalid extra partitions"
#   * LUKS version 2, which cryptsetup makes by default: "LUKS version 2 is not supported", and its virtual size is below zero
# A larger FAT, and a GPT as such, pass. qemu-img calls all of them raw.
#
# Why it matters: the upload fails with "failed safety checks", and a volume that was uploaded earlier as an image no longer boots. The
# user's disk is good; putting a partition table around the file system, or storing it in a qcow2, makes it pass. An image service that
# keeps this rule, in order to be consistent with Nova on the host, should name the file system that it found in its refusal. One that
# recognises NTFS ("NTFS    " at byte 3), exFAT ("EXFAT   ") and a FAT's other media bytes (0xf0, 0xf9 to 0xff) need not refuse.
#
# Exit status: 0 if this is still so, 1 if it has changed, 77 if the packages cannot be had. Needs Debian 12 with python3-venv, and
# network access to its packages and to PyPI.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get download -qq dosfstools=4.2-1 ntfs-3g=1:2022.10.3-1+deb12u4 exfatprogs=1.2.0-1+deb12u1 gdisk=1.0.9-2.1 \
    cryptsetup-bin=2:2.6.1-4~deb12u2 libntfs-3g89 libcryptsetup12 libpopt0 libargon2-1 libjson-c5 libdevmapper1.02.1 2>/dev/null || exit 77
for package in *.deb; do dpkg-deb -x "$package" tree; done
export LD_LIBRARY_PATH=$folder/tree/usr/lib/x86_64-linux-gnu:$folder/tree/lib/x86_64-linux-gnu
export PATH=$folder/tree/usr/sbin:$folder/tree/usr/bin:$folder/tree/sbin:$folder/tree/bin:$PATH
python3 -m venv venv
venv/bin/pip install -q --no-compile 'oslo.utils[image-inspection]==10.2.0' cryptography==50.0.2 2>/dev/null || exit 77

truncate -s 1440K floppy
truncate -s 64M fat gpt fat-with-one-table ntfs exfat hybrid luks2
mkfs.vfat fat >log
mkfs.vfat floppy >log
mkfs.vfat -f 1 fat-with-one-table >log
mkntfs -Q -F ntfs >log 2>&1
mkfs.exfat exfat >log
sgdisk -n 1:0:0 gpt >log
sgdisk -n 1:0:0 -h 1 hybrid >log
echo -n secret | cryptsetup luksFormat -q --pbkdf pbkdf2 --pbkdf-force-iterations 1000 luks2 - 2>log

venv/bin/python - >seen <<'P'
import logging
from oslo_utils.imageutils import format_inspector

logging.disable()
for name in ("fat", "gpt", "floppy", "fat-with-one-table", "ntfs", "exfat", "hybrid", "luks2"):
    with open(name, "rb") as file:
        wrapper = format_inspector.InspectWrapper(file)
        while wrapper.read(1 << 20):
            pass
        wrapper.close()
    try:
        wrapper.format.safety_check()
        verdict = "accepted"
    except format_inspector.SafetyCheckFailed as failure:
        verdict = "; ".join(str(reason) for reason in failure.failures.values())
    below = ", virtual size below zero" if wrapper.format.virtual_size < 0 else ""
    print(f"{name}: {wrapper.format}: {verdict}{below}")
P
cat seen
diff - seen <<'T' || { echo "changed: see the lines above"; exit 1; }
fat: raw: accepted
gpt: gpt: accepted
floppy: gpt: GPT MBR has no partitions defined
fat-with-one-table: gpt: GPT MBR has no partitions defined
ntfs: gpt: GPT MBR has no partitions defined
exfat: gpt: GPT MBR has no partitions defined
hybrid: gpt: GPT MBR defines invalid extra partitions
luks2: luks: LUKS version 2 is not supported, virtual size below zero
T
