#!/usr/bin/env bash
# Starts a real Keystone 30.0.0 and a real Placement 16.0.0 on loopback, with SQLite, and runs the tests against them: the contract tests of
# Tests/Originals, and the suites that KILONOVA_TEST_KEYSTONE and KILONOVA_TEST_PLACEMENT enable.
# usage: original.sh [COMMAND [ARGUMENTS]]    with a command: runs it instead of the tests, with both variables set
#
# The originals have their own environment, .venv-original, which is created once.
set -euo pipefail
cd "$(dirname "$0")/../.."
. Tests/Scripts/environment.sh
python_environment .venv-original Tests/Originals/requirements.txt
if [ $# -gt 0 ]; then exec "$environment/bin/python" Tests/Originals/originals.py "$@"; fi
"$environment/bin/pytest" -q -W ignore --no-header -p no:cacheprovider Tests/Originals
exec "$environment/bin/python" Tests/Originals/originals.py \
    swift test --skip-build --filter '^(AccessTests\.RealKeystone|ClientsTests\.RealPlacement)'
