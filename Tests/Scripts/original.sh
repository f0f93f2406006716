#!/usr/bin/env bash
# Brings up a real Keystone 30.0.0 and a real Placement 16.0.0 on loopback, with SQLite, and runs what is tested against them:
# the contract tests of Tests/Originals, and the suites that KILONOVA_TEST_KEYSTONE and KILONOVA_TEST_PLACEMENT open.
# usage: original.sh [COMMAND [ARGUMENTS]]    with a command: that one in their place, with both variables set
#
# They have an environment of their own, .venv-original, made once.
set -euo pipefail
cd "$(dirname "$0")/../.."
. Tests/Scripts/environment.sh
python_environment .venv-original Tests/Originals/requirements.txt
if [ $# -gt 0 ]; then exec "$environment/bin/python" Tests/Originals/originals.py "$@"; fi
"$environment/bin/pytest" -q -W ignore --no-header -p no:cacheprovider Tests/Originals
exec "$environment/bin/python" Tests/Originals/originals.py \
    swift test --skip-build --filter '^(AccessTests\.RealKeystone|ClientsTests\.RealPlacement)'
