#!/usr/bin/env bash
# Makes the environments of the contract tests, as the tests themselves would where they are missing.
set -euo pipefail
cd "$(dirname "$0")/../.."
. Tests/Scripts/clients.sh
python_environment .venv-consumers Tests/Contracts/consumers/requirements.txt
