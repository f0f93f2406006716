#!/usr/bin/env bash
# The JSON of Debian 12's nvme-cli has numbers that are text with separators, and numbers below zero.
#
# Package: nvme-cli 2.4+really2.3-3 with libnvme1 1.3-1+deb12u1 (Debian 12). One expects that `-o json` gives each field of a log as the
# number that the drive reported, whatever the locale. Instead:
#   * 128-bit fields (tnvmcap, nvmcap, data_units_read, power_on_hours and the like) are strings, and have the locale's thousands
#     separators: "3200631791616" in the C locale, "3,200,631,791,616" in en_US, "3.200.631.791.616" in de_DE.
#   * 32-bit fields are printed as signed: a sanicap of 0xa0000003, whose bits 31:30 say that the drive modifies its media once more after
#     a sanitize without deallocation, becomes -1610612733. The 0xffffffff that says "no time is reported" becomes -1.
# The text output prints sanicap right, as 0xa0000003, and has the same separators.
#
# Why it matters: a program that decides from this JSON how to erase a drive between two tenants, or how large or worn it is, works in
# the C locale of its service and not in an administrator's shell. A strict decoder refuses the field; a lenient one takes the capacity
# for 3 bytes, or an estimate of -1 seconds for "done". Kilonova asks for `--raw-binary` and reads the bytes as the specification lays
# them out (Sources/Drivers/NVMe/NVMeTool.swift).
#
# No drive is needed: a small preloaded library responds to the ioctl calls with structures of the NVMe specification.
#
# Exit status: 0 if this is still so, 1 if it has changed, 77 if the packages cannot be had. Needs Debian 12 with gcc, libc6-dev and
# libc-bin, and network access to its packages.
set -euo pipefail
version=2.4+really2.3-3

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get download -qq "nvme-cli=$version" libnvme1=1.3-1+deb12u1 libjson-c5 libdbus-1-3 libsystemd0 libssl3 locales 2>/dev/null || exit 77
for package in *.deb; do dpkg-deb -x "$package" tree; done
export LD_LIBRARY_PATH=$folder/tree/usr/lib/x86_64-linux-gnu:$folder/tree/lib/x86_64-linux-gnu
export I18NPATH=$folder/tree/usr/share/i18n LOCPATH=$folder/locales
mkdir locales
for name in en_US de_DE; do localedef -i $name -f UTF-8 "locales/$name.UTF-8"; done

cat >drive.c <<'C'
#define _GNU_SOURCE
#include <dlfcn.h>
#include <linux/nvme_ioctl.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>

static void put(uint8_t *at, uint64_t value, int bytes) { memcpy(at, &value, bytes); }

int ioctl(int file, unsigned long request, ...) {
    va_list rest;
    va_start(rest, request);
    struct nvme_admin_cmd *command = va_arg(rest, struct nvme_admin_cmd *);
    va_end(rest);
    if (request != NVME_IOCTL_ADMIN_CMD) {
        int (*real)(int, unsigned long, ...) = dlsym(RTLD_NEXT, "ioctl");
        return real(file, request, command);
    }
    uint8_t *data = (uint8_t *)(uintptr_t)command->addr;
    int which = command->opcode << 8 | (command->cdw10 & 0xff);
    memset(data, 0, command->data_len);
    if (which == 0x0601) { /* Identify Controller */
        put(data + 280, 3200631791616, 8); /* TNVMCAP */
        put(data + 328, 0xa0000003, 4);    /* SANICAP */
    } else if (which == 0x0202) { /* SMART / Health Information */
        put(data + 32, 1234567890, 8); /* Data Units Read */
    } else if (which == 0x0281) { /* Sanitize Status: never, no estimates */
        memset(data + 8, 0xff, 24);
    }
    return 0;
}
C
gcc -shared -fPIC -o drive.so drive.c -ldl

# Any character device will do; the library responds in its place.
ask() { LC_ALL=$1 LD_PRELOAD=$folder/drive.so tree/usr/sbin/nvme "$2" /dev/zero -o "${3:-json}"; }
field() { sed -n "s/^ *\"$1\": *\(.*[^,]\),*$/\1/p"; }

changed=0
expect() { # what it is, what was seen, what it was
    echo "$1: $2"
    [ "$2" = "$3" ] || { echo "changed: this was $3"; changed=1; }
}
expect "tnvmcap in C" "$(ask C id-ctrl | field tnvmcap)" '"3200631791616"'
expect "tnvmcap in en_US" "$(ask en_US.UTF-8 id-ctrl | field tnvmcap)" '"3,200,631,791,616"'
expect "tnvmcap in de_DE" "$(ask de_DE.UTF-8 id-ctrl | field tnvmcap)" '"3.200.631.791.616"'
expect "data_units_read in de_DE" "$(ask de_DE.UTF-8 smart-log | field data_units_read)" '"1.234.567.890"'
expect "sanicap" "$(ask C id-ctrl | field sanicap)" -1610612733
expect "sanicap as text" "$(ask C id-ctrl normal | sed -n 's/^sanicap *: //p')" 0xa0000003
expect "time_block_erase without an estimate" "$(ask C sanitize-log | field time_block_erase)" -1
exit $changed
