#!/usr/bin/env bash
# Debian's xbmgmt and xbutil, the tools for AMD's Alveo cards, cannot run, and xbutil reports success.
#
# Package: libxrt-utils 202210.2.13.466+dfsg-8 (Debian 12). One expects that the utilities of the Xilinx runtime work once their package
# and its dependencies are installed, and that a tool which could not do its work says so in its exit status. But xbmgmt and xbutil
# are shell scripts that start the real programs from a folder "unwrapped" beside them, and no package of this source has that folder.
#   * xbmgmt always fails: "Could not find 64-bit loader executable", exit status 1.
#   * xbutil prints "No such file or directory", and ends with exit status 0. Its script does so for everything below /usr, whatever
#     the program did.
#
# Why it matters: a host looks ready for programming FPGAs, because `command -v xbmgmt` succeeds, and the first bitstream fails to load.
# A program that resets a card with `xbutil reset`, or validates it, takes nothing for success. The vendor's own package installs below
# /opt/xilinx/xrt and has the programs. Kilonova's xilinx_fpga driver loads images with `xbmgmt` from the agent's PATH, and takes any exit
# status but 0 for a failure (Sources/Drivers/Family/FPGAProgramming.swift); it does not call xbutil.
#
# Exit status: 0 if this is still so, 1 if it has changed, 77 if the packages cannot be had. Needs Debian 12 with network access to its
# packages.
set -euo pipefail
version=202210.2.13.466+dfsg-8

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get download -qq "libxrt-utils=$version" "libxrt1=$version" "libxrt-dev=$version" 2>/dev/null || exit 77
for package in *.deb; do dpkg-deb -x "$package" tree; done

run() { # TOOL ARGUMENT...
    local status=0
    LC_ALL=C "$folder/tree/usr/bin/$1" "${@:2}" >said 2>&1 || status=$?
    echo "exit status $status, $(head -1 said | sed "s|$folder/tree||g")"
}
changed=0
expect() { # what it is, what was seen, what it was
    echo "$1: $2"
    [ "$2" = "$3" ] || { echo "changed: this was $3"; changed=1; }
}
nothing="/usr/bin/xbutil: line 52: /usr/bin/unwrapped/xbutil2: No such file or directory"
expect "xbmgmt --version" "$(run xbmgmt --version)" "exit status 1, ERROR: Could not find 64-bit loader executable."
expect "xbmgmt examine" "$(run xbmgmt examine)" "exit status 1, ERROR: Could not find 64-bit loader executable."
expect "xbutil --version" "$(run xbutil --version)" "exit status 0, $nothing"
expect "xbutil examine" "$(run xbutil examine)" "exit status 0, $nothing"
expect "files in folders 'unwrapped'" "$(find tree -path '*unwrapped*' | wc -l)" 0
exit $changed
