#!/usr/bin/env bash
# Runs the contract tests of services of the field that call Placement: Nova's report client, Cyborg's Placement client.
# usage: consumers.sh [pytest arguments]
#
# They are big, so they have an environment of their own, .venv-consumers, made once.
set -euo pipefail
cd "$(dirname "$0")/../.."
folder=$PWD/.venv-consumers
wanted=$(cksum <Tests/Contracts/consumers/requirements.txt)
if [ "$(cat "$folder/.installed" 2>/dev/null)" != "$wanted" ]; then
    if ! python3 -c 'import ensurepip, venv' 2>/dev/null; then
        sudo=$([ "$(id -u)" = 0 ] || echo sudo)
        $sudo apt-get update -qq
        $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq python3-venv
    fi
    echo "installing Nova and Cyborg into $(basename "$folder")"
    python3 -m venv "$folder"
    "$folder/bin/pip" install -q --disable-pip-version-check -r Tests/Contracts/consumers/requirements.txt
    echo "$wanted" >"$folder/.installed"
fi
# Each in a process of its own: both keep their configuration in the same global place.
for tests in Tests/Contracts/consumers/test_*.py; do
    "$folder/bin/pytest" -q -W ignore --no-header -p no:cacheprovider "$tests" "$@"
done
