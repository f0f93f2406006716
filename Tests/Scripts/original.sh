#!/usr/bin/env bash
# Brings up a real Keystone 30.0.0 and a real Placement 16.0.0 on loopback, with SQLite, and runs what is tested against them:
# the contract tests of Tests/Originals, and the suites that KILONOVA_TEST_KEYSTONE and KILONOVA_TEST_PLACEMENT open.
# usage: original.sh [COMMAND [ARGUMENTS]]    with a command: that one in their place, with both variables set
#
# They have an environment of their own, .venv-original, made once.
set -euo pipefail
cd "$(dirname "$0")/../.."
folder=$PWD/.venv-original
wanted=$(cksum <Tests/Originals/requirements.txt)
if [ "$(cat "$folder/.installed" 2>/dev/null)" != "$wanted" ]; then
    if ! python3 -c 'import ensurepip, venv' 2>/dev/null; then
        sudo=$([ "$(id -u)" = 0 ] || echo sudo)
        $sudo apt-get update -qq
        $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq python3-venv
    fi
    echo "installing Keystone and Placement into $(basename "$folder")"
    python3 -m venv "$folder"
    "$folder/bin/pip" install -q --disable-pip-version-check -r Tests/Originals/requirements.txt
    echo "$wanted" >"$folder/.installed"
fi
if [ $# -gt 0 ]; then exec "$folder/bin/python" Tests/Originals/originals.py "$@"; fi
"$folder/bin/pytest" -q -W ignore --no-header -p no:cacheprovider Tests/Originals
exec "$folder/bin/python" Tests/Originals/originals.py \
    swift test --skip-build --filter '^(AccessTests\.RealKeystone|ClientsTests\.RealPlacement)'
