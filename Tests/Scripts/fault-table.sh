#!/usr/bin/env bash
# Interrupts each participant in the life of an accelerator request at each of its moments, and prints how many runs converged, by
# participant and moment. usage: fault-table.sh   (tests built before)
set -euo pipefail
cd "$(dirname "$0")/../.."
log=$(mktemp "${TMPDIR:-/tmp}/kilonova-faults.XXXXXX")
trap 'rm -f "$log"' EXIT
status=0
KILONOVA_TEST_FAULTS=all swift test --skip-build --filter '^AcceleratorsTests\.(FaultTableTests|KillTests)' >"$log" 2>&1 || status=$?
[ "$status" = 0 ] || grep -E '✘|error:' "$log" | head -40
awk -F'|' '
    # Clients, hosts, then the steps of workflows in the order of the tests.
    $1 == "MOMENTS" { for (i = 2; i <= NF; i++) stages[i - 1] = $i }
    # Runs that ended before the interruption do not count.
    $1 == "FAULT" && $3 != "none" { count[$2, $3]++; parties[$2] = 1; total++; sum[$2]++ }
    END {
        printf "| Cut off |"
        for (i = 1; i in stages; i++) {
            name = stages[i]
            sub(/^accelerators\./, "", name)
            printf " %s |", name
        }
        printf " all |\n|---|"
        for (i = 1; i in stages; i++) printf "---|"
        printf "---|\n"
        n = 0
        for (party in parties) names[++n] = party
        for (i = 1; i < n; i++) for (j = i + 1; j <= n; j++) if (names[j] < names[i]) { t = names[i]; names[i] = names[j]; names[j] = t }
        for (k = 1; k <= n; k++) {
            printf "| %s |", names[k]
            for (i = 1; i in stages; i++) printf " %d |", count[names[k], stages[i]]
            printf " %d |\n", sum[names[k]]
        }
        printf "\n%d runs, each cut off once\n", total
    }' "$log"
[ "$status" = 0 ] && echo "all of them converged: no handle leaked, none bound twice, none in another project's hands" || echo "NOT all of them converged"
exit "$status"
