#!/bin/bash
# Asks both nodes in turn, five times a second, what is true on them (guest/usr/local/sbin/node-state), and looks for
# what must never be: the file system mounted on both, DRBD primary on both, the address on both. Runs until it is
# killed.
#
# No two clocks are compared: when a node says the same before and after the other was asked, then it was so while the
# other answered. Only then it counts against them.
#
# Usage: judge.sh DIRECTORY SSH-COMMAND...     (the command, followed by a node's address, opens a shell there)
#   DIRECTORY/NODE.up      there while the node has power and has booted; others are not asked
#   DIRECTORY/NODE.state   what it said last; empty while it does not answer
#   DIRECTORY/judge.log    every change, with the time
#   DIRECTORY/doubles      what must never be
set -u
directory=$1
shift
ssh=("$@")
declare -A address=([server2]=10.25.44.22 [server3]=10.25.44.33)
declare -A shell=() ask=() hear=() state=([server2]='' [server3]='') before=([server2]='' [server3]='')
trap '' PIPE

connect() {
    local node=$1 pipe=$directory/$1.pipe write read
    rm -f "$pipe".*
    mkfifo "$pipe.in" "$pipe.out"
    "${ssh[@]}" "${address[$node]}" node-state < "$pipe.in" > "$pipe.out" 2> /dev/null &
    shell[$node]=$!
    exec {write}> "$pipe.in" {read}< "$pipe.out"
    ask[$node]=$write
    hear[$node]=$read
}

disconnect() {
    local node=$1 fd
    for fd in "${ask[$node]}" "${hear[$node]}"; do
        exec {fd}>&-
    done
    kill -KILL "${shell[$node]}" 2> /dev/null
    wait "${shell[$node]}" 2> /dev/null
    unset "shell[$node]" "ask[$node]" "hear[$node]"
}

# look NODE: asks it; what it says is in state[NODE].
look() {
    local node=$1 answer=''
    if [ -e "$directory/$node.up" ]; then
        [ -n "${shell[$node]:-}" ] || connect "$node"
        if ! { echo >&"${ask[$node]}" && read -r -t 10 -u "${hear[$node]}" answer; } 2> /dev/null; then
            disconnect "$node"
            answer=''
        fi
    elif [ -n "${shell[$node]:-}" ]; then
        disconnect "$node"
    fi
    before[$node]=${state[$node]:-}
    state[$node]=$answer
    if [ "$answer" != "${before[$node]}" ]; then
        echo "$EPOCHREALTIME $node $answer" >> "$directory/judge.log"
        # Whoever reads it finds the old state or the new one, and never an empty file.
        echo "$answer" > "$directory/$node.state.new"
        mv "$directory/$node.state.new" "$directory/$node.state"
    fi
}

# claims STATE THING: whether a node with this state has what only one node may have.
claims() {
    local mounts address roles
    read -r mounts address _ roles _ <<< "$1"
    case $2 in
        mounted) [ "${mounts:-0}" != 0 ] ;;
        address) [ "${address:-0}" != 0 ] ;;
        primary) [[ ${roles:-} == ro:Primary/* ]] ;;
    esac
}

# judge NODE OTHER: NODE was asked, then OTHER, then NODE again.
judge() {
    local thing
    for thing in mounted address primary; do
        if claims "${before[$1]}" "$thing" && claims "${state[$2]}" "$thing" && claims "${state[$1]}" "$thing"; then
            echo "$EPOCHREALTIME $thing on $1 (${state[$1]}) and on $2 (${state[$2]})" >> "$directory/doubles"
        fi
    done
    case ${state[$1]} in
        [2-9]*) echo "$EPOCHREALTIME mounted more than once on $1 (${state[$1]})" >> "$directory/doubles" ;;
    esac
}

look server3
while :; do
    look server2
    judge server2 server3
    look server3
    judge server3 server2
    sleep 0.2
done
