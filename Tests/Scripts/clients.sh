# To be sourced: puts the field's clients on PATH, installing them into .venv-clients where they are missing.
clients_folder="$PWD/.venv-clients"
clients_wanted=$(cksum <Tests/Contracts/requirements.txt)
if [ "$(cat "$clients_folder/.installed" 2>/dev/null)" != "$clients_wanted" ]; then
    if ! python3 -c 'import ensurepip, venv' 2>/dev/null; then
        sudo=$([ "$(id -u)" = 0 ] || echo sudo)
        $sudo apt-get update -qq
        $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq python3-venv
    fi
    echo "installing the OpenStack clients into $(basename "$clients_folder")"
    python3 -m venv "$clients_folder"
    "$clients_folder/bin/pip" install -q --disable-pip-version-check -r Tests/Contracts/requirements.txt
    echo "$clients_wanted" >"$clients_folder/.installed"
fi
PATH="$clients_folder/bin:$PATH"
