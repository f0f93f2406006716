#!/bin/sh
# A separate PostgreSQL server for tests: private folder, private socket, no network address.
#
#   postgres.sh start DIR      creates and starts it, prints the URL of an empty database
#   postgres.sh restart DIR    restarts it as after a crash: it stops without warning and recovers
#   postgres.sh stop DIR       stops it and removes DIR
#
# Installs the Debian package if no server is installed. The system's own cluster is never used. Commits are written before they are
# acknowledged, as in production, because the tests kill processes and check what is left. With KILONOVA_POSTGRESQL_FSYNC=off they are not
# flushed to the disk, which makes a difference only if the machine crashes.
set -eu

usage() { echo "usage: $0 start|restart|stop DIR" >&2; exit 2; }
[ $# -eq 2 ] || usage
command=$1
directory=$2

# The server refuses to run as root.
as_server() {
    if [ "$(id -u)" -eq 0 ]; then setpriv --reuid=postgres --regid=postgres --init-groups "$@"; else "$@"; fi
}

find_programs() {
    for candidate in $(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -t/ -k5 -rn) $(dirname "$(command -v initdb || echo /none)"); do
        [ -x "$candidate/initdb" ] && { echo "$candidate"; return; }
    done
}

install_server() {
    sudo=; [ "$(id -u)" -eq 0 ] || sudo=sudo
    # Installing the package must not create and start a system cluster.
    $sudo mkdir -p /etc/postgresql-common
    [ -e /etc/postgresql-common/createcluster.conf ] ||
        echo 'create_main_cluster = false' | $sudo tee /etc/postgresql-common/createcluster.conf >/dev/null
    { $sudo apt-get update -qq && $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq postgresql; } >&2
}

start_server() {
    as_server "$programs/pg_ctl" -D "$data" -l "$data/server.log" -w -t 60 \
        -o "-c listen_addresses='' -c unix_socket_directories=$socket -c fsync=${KILONOVA_POSTGRESQL_FSYNC:-on} -c max_connections=1000 -c autovacuum=on" \
        start >"$directory/start.log" 2>&1 || { cat "$directory/start.log" "$data/server.log" >&2; exit 1; }
}

# Reads what `start` stored.
recall() {
    directory=$(cd "$directory" && pwd)
    socket=$(cat "$directory/socket" 2>/dev/null || true)
    data=$(cat "$directory/where" 2>/dev/null || echo "$directory/data")
    programs=$(find_programs)
    cd /
}

start() {
    programs=$(find_programs)
    [ -n "$programs" ] || { install_server; programs=$(find_programs); }
    [ -n "$programs" ] || { echo "no PostgreSQL server found or installable" >&2; exit 1; }

    mkdir -p "$directory"
    directory=$(cd "$directory" && pwd)
    [ "$(id -u)" -ne 0 ] || chown postgres "$directory"
    chmod 755 "$directory"
    # A socket's path is limited to 107 bytes; the folder's path may be longer.
    socket=$(as_server mktemp -d /tmp/kilonova-pg-XXXXXX)
    chmod 755 "$socket"
    echo "$socket" >"$directory/socket"
    # If the server's user cannot access the folder, the data is beside the socket.
    data=$directory/data
    as_server test -w "$directory" 2>/dev/null || data=$socket/data
    echo "$data" >"$directory/where"

    cd /
    as_server "$programs/initdb" -D "$data" -U kilonova -A trust -E UTF8 --locale=C --no-instructions >"$directory/initdb.log" 2>&1 ||
        { cat "$directory/initdb.log" >&2; exit 1; }
    start_server
    as_server "$programs/createdb" -h "$socket" -U kilonova kilonova >&2
    echo "postgresql://kilonova@/kilonova?host=$(echo "$socket" | sed 's|/|%2F|g')"
}

restart() {
    recall
    as_server "$programs/pg_ctl" -D "$data" -m immediate -w stop >/dev/null
    start_server
}

stop() {
    [ -d "$directory" ] || exit 0
    recall
    if as_server test -f "$data/postmaster.pid"; then
        as_server "$programs/pg_ctl" -D "$data" -m immediate -w stop >/dev/null 2>&1 || true
    fi
    rm -rf "$directory"
    case $socket in /tmp/kilonova-pg-*) rm -rf "$socket" ;; esac
}

case $command in
start) start ;;
restart) restart ;;
stop) stop ;;
*) usage ;;
esac
