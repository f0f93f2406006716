# To be sourced. `python_environment FOLDER REQUIREMENTS` makes FOLDER a virtual environment with the listed packages, unless it has them
# already. FOLDER is relative to the repository; `$environment` is its absolute path afterwards.
python_environment() {
    local wanted sudo
    environment=$PWD/$1
    wanted=$(cksum <"$2")
    [ "$(cat "$environment/.installed" 2>/dev/null)" != "$wanted" ] || return 0
    if ! python3 -c 'import ensurepip, venv' 2>/dev/null; then
        sudo=$([ "$(id -u)" = 0 ] || echo sudo)
        $sudo apt-get update -qq
        $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq python3-venv
    fi
    echo "installing the packages of $2 into $1"
    [ -x "$environment/bin/python" ] || python3 -m venv "$environment"
    timeout 1800 "$environment/bin/pip" install -q --disable-pip-version-check -r "$2" || return
    echo "$wanted" >"$environment/.installed"
}
