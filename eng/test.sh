#!/bin/sh
# Runs every test project. Those that measure time run one after the other, those with whole clusters last; the others
# run beside the first of them, at the lowest priority.
# The counts come from the result files (TRX), not from what the runner prints: when a test host crashes or hangs, the
# runner may still print "Passed!". A project without a test, or one that ended badly without a failed test, counts as
# one failure.
# With --interop only the mixed clusters with the real heartbeat, and those in full.
set -eu
cd "$(dirname "$0")/.."

filter=''
patience=5m
gently=''
if [ "${1:-}" = --interop ]; then
    filter='tier=interop'
    patience=45m
    export HASHARP_INTEROP="${HASHARP_INTEROP:-all}"
fi

results=TestResults
rm -rf "$results"
mkdir -p "$results"
list="$results/list"
export HASHARP_INTEROP_REPORT="$PWD/$results/interop.txt"
: > "$list"

# One line a test: outcome, name, reason (the first line of the message), separated by tabs.
read_results() {
    awk '
        function attribute(name) {
            if (!match($0, " " name "=\"[^\"]*\"")) return ""
            return plain(substr($0, RSTART + length(name) + 3, RLENGTH - length(name) - 4))
        }
        function plain(text) {
            gsub("&lt;", "<", text); gsub("&gt;", ">", text); gsub("&quot;", "\"", text)
            gsub("&#x[0-9A-Fa-f]+;", " ", text); gsub("&amp;", "\\&", text); gsub("\t", " ", text)
            return text
        }
        function flush() { if (outcome) printf "%s\t%s\t%s\n", outcome, test, reason; outcome = "" }
        /<UnitTestResult / { flush(); outcome = attribute("outcome"); test = attribute("testName"); reason = "" }
        /<\/Results>/ { flush() }
        outcome && !reason && /<Message>/ {
            reason = $0
            gsub(".*<Message>|</Message>.*", "", reason)
            reason = plain(reason)
        }
    ' "$1"
}

count() {
    grep -c "^$1	" "$2" || true
}

# Long silence looks like a hang. Ends with this script, however that ends.
tick() {
    seconds=0
    while sleep 10 > /dev/null 2>&1 && kill -0 "$$" 2> /dev/null; do
        seconds=$((seconds + 10))
        echo "  ... $1: $seconds s"
    done
}

run() {
    project=$1
    name=$(basename "$project")
    verbosity=minimal
    [ "$name" != HaSharp.Cluster.Tests ] || verbosity=normal
    echo "test: $name"
    tick "$name" &
    ticker=$!
    code=0
    # shellcheck disable=SC2086 # words of a command, or none
    $gently dotnet test "$project" --configuration Release --no-build --results-directory "$results" \
        ${filter:+--filter "$filter"} \
        --logger "console;verbosity=$verbosity" --logger "trx;LogFileName=$name.trx" \
        --blame-hang-timeout "$patience" --blame-hang-dump-type none < /dev/null || code=$?
    kill "$ticker" 2> /dev/null || true
    wait "$ticker" 2> /dev/null || true

    : > "$results/$name.list"
    [ ! -f "$results/$name.trx" ] || read_results "$results/$name.trx" > "$results/$name.list"
    if [ ! -s "$results/$name.list" ]; then
        printf 'Failed\t%s\tno test ran (exit code %s)\n' "$name" "$code" >> "$results/$name.list"
    elif [ "$code" -ne 0 ] && [ "$(count Failed "$results/$name.list")" -eq 0 ]; then
        printf 'Failed\t%s\tthe test run ended with exit code %s\n' "$name" "$code" >> "$results/$name.list"
    fi
    echo "test: $name: $(summary "$results/$name.list")"
}

# Whatever did neither pass nor get skipped has failed.
summary() {
    passed=$(count Passed "$1")
    skipped=$(count NotExecuted "$1")
    echo "$passed passed, $(($(wc -l < "$1") - passed - skipped)) failed, $skipped skipped"
}

# What has no clock but a virtual one; tests that look at the time allow at least ten times what they need.
run_pure() {
    gently='nice -n 19'
    for project in tests/*.Tests; do
        case $project in
            */HaSharp.Daemon.Tests | */HaSharp.Cluster.Tests) ;;
            *) run "$project" ;;
        esac
    done
}

if [ -z "$filter" ]; then
    run_pure > "$results/pure.log" 2>&1 &
    pure=$!
    trap 'kill "$pure" 2> /dev/null || true' EXIT
    run tests/HaSharp.Daemon.Tests
    wait "$pure" || printf 'Failed\tthe projects beside it\tended with exit code %s\n' "$?" > "$results/pure.list"
    trap - EXIT
    cat "$results/pure.log"
fi
run tests/HaSharp.Cluster.Tests

cat "$results"/*.list > "$list"
echo
[ ! -f "$HASHARP_INTEROP_REPORT" ] || cat "$HASHARP_INTEROP_REPORT"
awk -F '\t' '
    $1 == "NotExecuted" { print "skipped: " $2 ": " $3 }
    $1 != "NotExecuted" && $1 != "Passed" { failed = failed "failed: " $2 ": " $3 "\n" }
    END { printf "%s", failed }
' "$list"
summary "$list"
! awk -F '\t' '$1 != "Passed" && $1 != "NotExecuted"' "$list" | grep -q .
