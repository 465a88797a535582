# shellcheck shell=bash disable=SC2034,SC2154 # sourced: variables are shared with run.sh
# What was proven and measured: checks are counted, figures are collected, and both are said at the end. Sourced.

passed=0
failed=0
skipped=0
scene='preparation'
unplayed=()  # scenes that are still to come
figures=()   # text, seconds, goal in seconds or nothing; separated by tabs
began=$SECONDS

# Milliseconds since 1970.
now() {
    echo "$((${EPOCHREALTIME/./} / 1000))"
}

say() {
    printf '%5d s  %s\n' "$((SECONDS - began))" "$*"
}

# check TEXT CMD...: one test, passed when CMD succeeds. What CMD prints is why it did not.
check() {
    local text=$1 reason
    shift
    if reason=$("$@" 2>&1); then
        passed=$((passed + 1))
        say "  passed: $text"
    else
        failed=$((failed + 1))
        say "  FAILED: $text${reason:+: $reason}"
    fi
}

# never CMD...: for checks of what must not be.
never() {
    ! "$@"
}

# give_up TEXT: without this nothing that follows has a meaning.
give_up() {
    failed=$((failed + 1))
    say "  FAILED: $scene: $1"
    exit 1
}

# skip TEXT: nothing can be tested here, and that is no failure. Only before the first scene.
skip() {
    unplayed=()
    skipped=1
    echo "skipped: tests/vm: $1"
    exit 0
}

# wait_until TEXT CMD...: waits until CMD succeeds. The limit is for machines that have no time.
wait_until() {
    local text=$1 end=$((SECONDS + 300))
    shift
    until "$@" > /dev/null 2>&1; do
        [ "$SECONDS" -lt "$end" ] || give_up "not within 5 minutes: $text"
        sleep 0.1
    done
}

# figure TEXT MILLISECONDS [GOAL IN MILLISECONDS]
figure() {
    figures+=("$1	$2	${3:-}")
    say "  $1: $(awk -v ms="$2" 'BEGIN { printf "%.1f s", ms / 1000 }')"
}

print_figures() {
    [ ${#figures[@]} -gt 0 ] || return 0
    printf '\n%-62s %8s %8s\n' 'FIGURE' 'SECONDS' 'GOAL'
    printf '%s\n' "${figures[@]}" | awk -F '\t' '
        { printf "%-62s %8.1f %8s\n", $1, $2 / 1000, $3 == "" ? "" : sprintf("%.1f", $3 / 1000) }'
}

print_summary() {
    local left
    for left in "${unplayed[@]}"; do
        skipped=$((skipped + 1))
        echo "skipped: $left: not played, because a scene before it failed"
    done
    echo "$passed passed, $failed failed, $skipped skipped"
}
