#!/usr/bin/env bash
# Runs a command with a separate PostgreSQL server, whose URL is in KILONOVA_TEST_POSTGRESQL.
# usage: with-postgres.sh COMMAND [ARGUMENTS]
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
folder=$(mktemp -d "${TMPDIR:-/tmp}/kilonova-postgres.XXXXXX")
trap '"$here/postgres.sh" stop "$folder"' EXIT
KILONOVA_TEST_POSTGRESQL=$("$here/postgres.sh" start "$folder")
export KILONOVA_TEST_POSTGRESQL
"$@"
