# To be sourced. `install_originals REQUIREMENTS FOLDER` installs the original services; their programs are then in $originals/bin.

# Installs the Debian packages of programs that are missing, without starting the system services of those packages.
install_debian() { # program:package...
    local missing=() sudo='' policy=/usr/sbin/policy-rc.d made=no
    local program package
    for pair in "$@"; do
        program=${pair%%:*} package=${pair##*:}
        PATH="$PATH:/usr/sbin" command -v "$program" >/dev/null || missing+=("$package")
    done
    python3 -c 'import ensurepip, venv' 2>/dev/null || missing+=(python3-venv)
    [ ${#missing[@]} -gt 0 ] || return 0
    if [ "$(id -u)" != 0 ]; then
        sudo=sudo
        command -v sudo >/dev/null || { echo "missing: the Debian packages ${missing[*]}" >&2; return 1; }
    fi
    echo "installing from Debian: ${missing[*]}"
    [ -e "$policy" ] || { printf '#!/bin/sh\nexit 101\n' | $sudo tee "$policy" >/dev/null; $sudo chmod 755 "$policy"; made=yes; }
    local outcome=0
    { $sudo apt-get update -qq && $sudo env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -qq --no-install-recommends "${missing[@]}"; } >/dev/null || outcome=1
    [ "$made" = no ] || $sudo rm -f "$policy"
    [ $outcome = 0 ] || echo "not installable: the Debian packages ${missing[*]}" >&2
    return $outcome
}

install_originals() { # requirements, folder below the repository
    # The database and the broker of the originals.
    install_debian mariadbd:mariadb-server rabbitmqctl:rabbitmq-server epmd:erlang-base
    originals=${KILONOVA_ORIGINALS:-}
    [ -z "$originals" ] || return 0
    . Tests/Scripts/environment.sh
    python_environment "$2" "$1"
    originals=$environment
}
