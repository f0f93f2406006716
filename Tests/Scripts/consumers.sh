#!/usr/bin/env bash
# Runs the contract tests of services that call Placement: Nova's report client, Cyborg's Placement client.
# usage: consumers.sh [pytest arguments]
#
# They are large, so they have their own environment, .venv-consumers, which is created once.
set -euo pipefail
cd "$(dirname "$0")/../.."
. Tests/Scripts/environment.sh
python_environment .venv-consumers Tests/Contracts/consumers/requirements.txt
# Each runs in a separate process, because both keep their configuration in the same global variable.
for tests in Tests/Contracts/consumers/{compute,test_cyborg.py}; do
    "$environment/bin/pytest" -q -W ignore --no-header -p no:cacheprovider "$tests" "$@"
done
