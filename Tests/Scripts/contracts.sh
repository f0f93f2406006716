#!/usr/bin/env bash
# Runs the contract tests: unmodified OpenStack clients against a running Kilonova, with one server for each of two workers.
# usage: contracts.sh [pytest arguments]
set -euo pipefail
cd "$(dirname "$0")/../.."
. Tests/Scripts/clients.sh
# The tests of one file depend on one another and on its server; files are independent.
exec pytest -q --no-header -p no:cacheprovider -n 2 --dist loadfile Tests/Contracts --ignore Tests/Contracts/consumers \
    --ignore Tests/Contracts/stores "$@"
