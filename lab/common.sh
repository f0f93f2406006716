# What the laboratory's scripts share. Sourced by bash.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# Outside the repository, because it needs two gigabytes. Each state of the scripts that build it has its own folder.
home=${KILONOVA_LAB:-/var/tmp/kilonova-laboratory}
key=$(cd "$here" && cat build root/* accel/* vgpu/derive.py nested/memory.c | sha256sum | cut -c1-12)
lab=$home/$key
# Several guests may run beside each other. Each has its own folder with disks, port, process id and output.
name=${LAB_NAME:-lab1}
room=$lab/guests/$name
# A saved state can be resumed only on the same machine definition and hardware.
snapshots=$lab/snapshots/$(sha256sum < "$here/machine" | cut -c1-12)-${LAB_HARDWARE:-attach}

# guest COMMAND…: runs it in the guest, over one connection that stays open for a while.
guest() {
    ssh -q -i "$lab/key" -p "$(cat "$room/port")" -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null \
        -o ConnectTimeout=20 -o ControlMaster=auto -o ControlPath="$room/ssh" -o ControlPersist=300 root@127.0.0.1 "$@"
}

hang_up() {
    [ ! -e "$room/ssh" ] || ssh -q -o ControlPath="$room/ssh" -O exit root@127.0.0.1 2>/dev/null || true
}

# monitor COMMAND: sends one command to QEMU's monitor and prints the response. Runs in the room, because a socket's path must be short.
monitor() {
    (cd "$room" && python3 "$here/monitor.py" monitor "$1")
}

# A zombie does not count as alive.
alive() {
    local state
    [ -f "$room/pid" ] && state=$(ps -o state= -p "$(cat "$room/pid")") && [ "$state" != Z ]
}

gone() { ! alive; }

# waiting SECONDS COMMAND…: until it succeeds, or not at all.
waiting() {
    local until=$((SECONDS + $1))
    shift
    until "$@" 2>/dev/null; do
        [ $SECONDS -lt $until ] || return 1
        sleep 0.2
    done
}

# claim: makes the room this call's, empty and with a port that nobody listens on; fails where a guest runs in it.
claim() {
    [ -f "$lab/manifest" ] || { echo "no laboratory is built; build one with lab/build"; exit 2; }
    mkdir -p "$room"
    exec 8> "$room.lock"
    flock -n 8 || { echo "another call is starting $name; set LAB_NAME to start another guest"; exit 1; }
    if alive; then
        echo "$name is already running; stop it with lab/stop, or set LAB_NAME to start another guest"
        exit 0
    fi
    rm -rf "$room"
    mkdir -p "$room"
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])' > "$room/port"
}

# launch ARGUMENT…: QEMU of the guest's tree, in a mount namespace that ends with it, for the machine in `arguments`.
launch() {
    (
        exec 8>&-
        exec unshare --mount --propagation private bash -c '
            tree=$1/guest lab=$1 name=$2
            shift 2
            mount --bind "$lab" "$tree/mnt/share"
            mount --rbind /dev "$tree/dev"
            mount -t proc proc "$tree/proc"
            exec chroot "$tree" env -C "/mnt/share/guests/$name" LD_PRELOAD=/lab/lab-accel.so LAB_SNAPSHOTS=1 qemu-system-x86_64 "$@"' \
            launch "$lab" "$name" "${arguments[@]}" "$@"
    ) > "$room/log" 2>&1 < /dev/null &
    echo $! > "$room/pid"
}

# stop: ends the guest through its monitor or, if that does not respond, by its process id.
stop() {
    alive || return 0
    hang_up
    (cd "$room" && timeout 5 python3 "$here/monitor.py" monitor quit > /dev/null 2>&1) || true
    waiting 10 gone || kill "$(cat "$room/pid")"
    rm -f "$room/pid"
}
