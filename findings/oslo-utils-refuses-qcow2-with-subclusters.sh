#!/usr/bin/env bash
# oslo.utils takes a qcow2 image with subclusters for unknown, and refuses it as unsafe.
#
# Packages: qemu-utils 1:7.2+dfsg-7+deb12u18+b3 (Debian 12), oslo.utils 10.2.0 (PyPI). qcow2 has five incompatible features: dirty, corrupt,
# external data file, type of compression, and extended L2 entries, which divide clusters into subclusters (`-o extended_l2=on`, since QEMU
# 5.2). One expects that the inspector, which Glance, Nova and Cinder use, knows them all and refuses the data file only. But its list ends
# with the fourth: an image with subclusters fails the safety check with "Unknown QCOW2 features found". zstd compression passes.
#
# Why it matters: subclusters are meant for large images with large clusters, and such an image is as self-contained as any other. Its
# upload is refused as unsafe, and so is a snapshot of a disk that has them. `qemu-img convert -O qcow2` makes an image that passes. A
# service that lets the feature pass stores images that Nova then refuses on the host; one that does not should name the feature and the
# conversion in its refusal, instead of calling the image unsafe.
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
export LD_LIBRARY_PATH=$folder/tree/usr/lib/x86_64-linux-gnu PATH=$folder/tree/usr/bin:$PATH
python3 -m venv venv
venv/bin/pip install -q --no-compile 'oslo.utils[image-inspection]==10.2.0' cryptography==50.0.2 2>/dev/null || exit 77

qemu-img create -q -f qcow2 plain.qcow2 64M
qemu-img create -q -f qcow2 -o compression_type=zstd zstd.qcow2 64M
qemu-img create -q -f qcow2 -o extended_l2=on,cluster_size=128k subclusters.qcow2 64M
qemu-img convert -O qcow2 subclusters.qcow2 converted.qcow2
for image in plain zstd subclusters converted; do
    qemu-img check -q $image.qcow2 || { echo "changed: qemu-img finds fault with $image"; exit 1; }
done

venv/bin/python - >seen <<'P'
import logging
from oslo_utils.imageutils import format_inspector

logging.disable()
for name in ("plain", "zstd", "subclusters", "converted"):
    try:
        format_inspector.detect_file_format(f"{name}.qcow2").safety_check()
        verdict = "accepted"
    except format_inspector.SafetyCheckFailed as failure:
        verdict = "; ".join(str(reason) for reason in failure.failures.values())
    print(f"{name}: {verdict}")
P
cat seen
diff - seen <<'T' || { echo "changed: see the lines above"; exit 1; }
plain: accepted
zstd: accepted
subclusters: Unknown QCOW2 features found
converted: accepted
T
