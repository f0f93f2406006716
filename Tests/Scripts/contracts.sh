#!/usr/bin/env bash
# Runs the contract tests: unmodified OpenStack clients against a running Kilonova.
# usage: contracts.sh [pytest arguments]
set -euo pipefail
cd "$(dirname "$0")/../.."
. Tests/Scripts/clients.sh
exec pytest -q --no-header -p no:cacheprovider Tests/Contracts --ignore Tests/Contracts/consumers "$@"
