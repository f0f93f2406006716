# What the laboratory's scripts share. Sourced by bash.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# Outside the repository, for it takes two gigabytes; one folder for each state of the scripts that make it.
home=${KILONOVA_LAB:-/var/tmp/kilonova-laboratory}
key=$(cd "$here" && cat build root/* accel/* vgpu/derive.py | sha256sum | cut -c1-12)
lab=$home/$key
port=${LAB_PORT:-2222}
name=${LAB_NAME:-lab1}

# guest COMMAND…: runs it in the guest, over one connection that stays open for a while.
guest() {
    ssh -q -i "$lab/key" -p "$port" -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o ConnectTimeout=20 \
        -o ControlMaster=auto -o ControlPath="$lab/ssh-%p" -o ControlPersist=300 root@127.0.0.1 "$@"
}

# monitor COMMAND: one command of QEMU's monitor, and its answer.
monitor() {
    python3 "$here/monitor.py" "$lab/$name.monitor" "$1"
}

# inside TREE COMMAND…: runs it in a tree of Debian 13 with this machine's devices, in a mount namespace that ends with it.
inside() {
    local tree=$1
    shift
    unshare --mount --propagation private bash -c '
        tree=$1 work=$2
        shift 2
        mount --bind "$work" "$tree/mnt/share"
        mount --rbind /dev "$tree/dev"
        mount -t proc proc "$tree/proc"
        exec chroot "$tree" env -C /mnt/share "$@"' inside "$tree" "$lab" "$@"
}

alive() {
    [ -f "$lab/$name.pid" ] && kill -0 "$(cat "$lab/$name.pid")" 2>/dev/null
}

# waiting SECONDS COMMAND…: until it succeeds, or not at all.
waiting() {
    local until=$((SECONDS + $1))
    shift
    until "$@" 2>/dev/null; do
        [ $SECONDS -lt $until ] || return 1
        sleep 0.2
    done
}
