#!/usr/bin/env bash
# Runs the contract tests of stores: the program on moto's object store, which is installed from PyPI.
# usage: stores.sh [pytest arguments]
#
# It has its own environment, .venv-stores, which is created once.
set -euo pipefail
cd "$(dirname "$0")/../.."
. Tests/Scripts/environment.sh
python_environment .venv-stores Tests/Contracts/stores/requirements.txt
exec "$environment/bin/pytest" -q -W ignore --no-header -p no:cacheprovider Tests/Contracts/stores "$@"
