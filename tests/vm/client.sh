#!/bin/bash
# A client of the database, as users have them: writes a row through the shared address every 200 ms, whatever became of
# the ones before, and remembers which were acknowledged and when. Runs until it is killed.
#
# Each row is a connection of its own and waits for its answer alone, so that an address that has just moved is seen by
# the next one, not by one that still waits for a machine without power.
#
# Usage: client.sh ADDRESS DIRECTORY
#   DIRECTORY/acknowledged   NUMBER SENT ANSWERED, a line a row, times in milliseconds
#   DIRECTORY/errors         what the others were told
set -u
address=$1
directory=$2

now() {
    echo "$((${EPOCHREALTIME/./} / 1000))"
}

write_row() {
    local sent
    sent=$(now)
    if timeout 10 mariadb --no-defaults --host="$address" --user=shop --connect-timeout=5 shop \
        --execute="insert into orders values ($1, 'row-$1')" > /dev/null 2>> "$directory/errors" < /dev/null; then
        echo "$1 $sent $(now)" >> "$directory/acknowledged"
    fi
}

for ((row = 1; ; row++)); do
    write_row "$row" &
    sleep 0.2
done
