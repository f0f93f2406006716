#!/usr/bin/env bash
# A fixed VHD counts as a raw disk, for qemu-img and for oslo.utils, and its disk is larger than what was asked for.
#
# Packages: qemu-utils 1:7.2+dfsg-7+deb12u18+b3 (Debian 12), oslo.utils 10.2.0 (PyPI). VHD has two common forms: dynamic, and fixed,
# which is the form that Azure takes and gives out. One expects that both are recognised. Instead:
#   * `qemu-img info`, without -f, calls a fixed VHD that qemu-img itself made "raw". A fixed VHD is the disk followed by a footer of
#     512 bytes, and only the beginning of a file is looked at. With -f vpc the same file is opened as VHD.
#   * oslo.utils' format inspector, which Glance, Nova and Cinder use, calls it raw as well; a dynamic one it calls vhd.
#   * A disk of 64 MiB becomes 67125248 bytes, because its size is rounded up to whole cylinders; `-o force_size=on` keeps it.
#
# Why it matters: an upload of a fixed VHD with the disk format vhd is refused as a mismatch, although the image is good. With the disk
# format raw it is accepted, and the guest gets a disk whose last sector is the footer; so does a conversion without -f. A disk rounded up
# does not fit a flavor of exactly the size that was asked for. An image service that refuses should say that the VHD must be dynamic, or
# look for the sign "conectix" 512 bytes before the end. A host should always pass the recorded format to qemu-img.
#
# Exit status: 0 if this is still so, 1 if it has changed, 77 if the packages cannot be had. Needs Debian 12 with python3-venv, and
# network access to its packages and to PyPI.
set -euo pipefail
version=1:7.2+dfsg-7+deb12u18+b3

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get download -qq "qemu-utils=$version" libaio1 liburing2 libnuma1 libglib2.0-0 libgnutls30 libnettle8 libhogweed6 2>/dev/null || exit 77
for package in *.deb; do dpkg-deb -x "$package" tree; done
export LD_LIBRARY_PATH=$folder/tree/usr/lib/x86_64-linux-gnu
python3 -m venv venv
venv/bin/pip install -q --no-compile 'oslo.utils[image-inspection]==10.2.0' cryptography==50.0.2 2>/dev/null || exit 77
img() { tree/usr/bin/qemu-img "$@"; }
seen() { # FILE [ARGUMENT...]: format and virtual size according to qemu-img
    img info --output=json "${@:2}" "$1" | python3 -c 'import json, sys; i = json.load(sys.stdin); print(i["format"], i["virtual-size"])'
}
inspected() { # FILE: format and virtual size according to oslo.utils
    venv/bin/python - "$1" <<'P'
import sys
from oslo_utils.imageutils import format_inspector
with open(sys.argv[1], "rb") as file:
    wrapper = format_inspector.InspectWrapper(file)
    while wrapper.read(1 << 20):
        pass
    wrapper.close()
print(wrapper.format, wrapper.format.virtual_size)
P
}

changed=0
expect() { # what it is, what was seen, what it was
    echo "$1: $2"
    [ "$2" = "$3" ] || { echo "changed: this was $3"; changed=1; }
}
img create -q -f vpc dynamic.vhd 64M
img create -q -f vpc -o subformat=fixed fixed.vhd 64M
img create -q -f vpc -o subformat=fixed,force_size=on exact.vhd 64M
expect "dynamic VHD of 64 MiB, qemu-img" "$(seen dynamic.vhd)" "vpc 67125248"
expect "dynamic VHD, oslo.utils" "$(inspected dynamic.vhd)" "vhd 67125248"
expect "fixed VHD, qemu-img" "$(seen fixed.vhd)" "raw 67125760"
expect "fixed VHD, qemu-img -f vpc" "$(seen fixed.vhd -f vpc)" "vpc 67125248"
expect "fixed VHD, oslo.utils" "$(inspected fixed.vhd)" "raw 67125760"
expect "fixed VHD with force_size, qemu-img -f vpc" "$(seen exact.vhd -f vpc)" "vpc 67108864"
img convert -O raw fixed.vhd guest.raw
expect "the sign in the last sector of the disk that a conversion without -f makes" "$(tail -c 512 guest.raw | head -c 8)" conectix
exit $changed
