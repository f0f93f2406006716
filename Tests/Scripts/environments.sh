#!/usr/bin/env bash
# Creates the environments of the contract tests, as the tests do if they are missing.
set -euo pipefail
cd "$(dirname "$0")/../.."
. Tests/Scripts/clients.sh
python_environment .venv-consumers Tests/Contracts/consumers/requirements.txt
python_environment .venv-stores Tests/Contracts/stores/requirements.txt
