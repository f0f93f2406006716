#!/usr/bin/env bash
# Runs the contract tests of services of the field that call Placement: Nova's report client, Cyborg's Placement client.
# usage: consumers.sh [pytest arguments]
#
# They are big, so they have an environment of their own, .venv-consumers, made once.
set -euo pipefail
cd "$(dirname "$0")/../.."
. Tests/Scripts/environment.sh
python_environment .venv-consumers Tests/Contracts/consumers/requirements.txt
# Each in a process of its own: both keep their configuration in the same global place.
for tests in Tests/Contracts/consumers/test_*.py; do
    "$environment/bin/pytest" -q -W ignore --no-header -p no:cacheprovider "$tests" "$@"
done
