#!/usr/bin/env bash
# Runs a command beside a PostgreSQL server of its own, which KILONOVA_TEST_POSTGRESQL names.
# usage: with-postgres.sh COMMAND [ARGUMENTS]
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
folder=$(mktemp -d "${TMPDIR:-/tmp}/kilonova-postgres.XXXXXX")
trap '"$here/postgres.sh" stop "$folder"' EXIT
KILONOVA_TEST_POSTGRESQL=$("$here/postgres.sh" start "$folder")
export KILONOVA_TEST_POSTGRESQL
"$@"
