# shellcheck shell=bash disable=SC2034,SC2154 # sourced: variables are shared with run.sh
# The scenes, in the order in which they are played: each begins where the one before it ended. After each, every row
# that was ever acknowledged is looked for, and the judge is asked whether anything was ever on both nodes.

scenes=(
    'two machines boot'
    'make install and the disk'
    'by hand'
    'start'
    'standby'
    'takeover'
    'power cut of the active node'
    'return and resync'
    'auto failback'
    'no promotion while the disk is not up to date'
    'the good disk returns'
    'stop'
)

# From a power cut the pair has deadtime (30 s in ha.cf) and half a second of its own, beside the time that promoting,
# mounting and starting MariaDB take when an administrator types it, on the same machines a moment before.
deadtime=30000
own_share=500
by_hand_time=0

unharmed() {
    check 'no acknowledged row is lost' no_row_lost
    check 'nothing is on both nodes, now and ever before' never_twice
}

# moved TEXT SINCE NODE OTHER: waits until NODE has everything and serves, then tells what the client saw of it.
moved() {
    local text=$1 since=$2 arrived
    wait_until "$3 holds everything" holds "$3"
    wait_until "$4 holds nothing" holds_nothing "$4"
    arrived=$(now)
    wait_until 'a row is acknowledged' served_since "$arrived"
    figure "$text: longest time without an answer" "$(longest_gap "$since")"
    unharmed
}

two_machines_boot() {
    local since
    network_up
    make_disks server2
    make_disks server3
    since=$(now)
    power_on server2
    power_on server3
    booted server2 server3
    figure 'two nodes boot' "$(($(now) - since))"
    check 'the nodes are what they are called in ha.cf' test "$(on_both 'uname -n' | sort | xargs)" \
        = 'server2.example.com server3.example.com'
}

make_install_and_the_disk() {
    local since
    since=$(now)
    install_hasharp
    figure 'make install on both nodes, and the files of the site' "$(($(now) - since))"
    check "hasharp accepts the site's files on server2" on server2 'hasharp check'
    check "hasharp accepts the site's files on server3" on server3 'hasharp check'
    since=$(now)
    start_judge
    fill_disk
    figure 'DRBD: first synchronisation, mkfs, database' "$(($(now) - since))"
}

by_hand() {
    local since
    since=$(now)
    take_by_hand server3
    by_hand_time=$(($(now) - since))
    figure 'by hand: promote, mount, start MariaDB' "$by_hand_time"
    since=$(now)
    give_by_hand server3
    figure 'by hand: stop MariaDB, unmount, demote' "$(($(now) - since))"
    check 'server2 holds nothing' says server2 '0 0 cs:Connected ro:Secondary/* ds:UpToDate/UpToDate'
}

start() {
    local since
    since=$(now)
    start_bystander server3
    start_hasharp server2
    start_hasharp server3
    start_client
    wait_until 'server2, the preferred node, holds everything' holds server2
    wait_until 'a row is acknowledged' served_since "$since"
    figure 'start of both daemons to the first acknowledged row' "$(($(now) - since))"
    figure '  longest wait of another process on the standby node' "$(end_bystander server3)"
    check 'server3 holds nothing' holds_nothing server3
    unharmed
}

standby() {
    local since
    since=$(now)
    check 'hasharp standby says that it is done' on server2 'hasharp standby --wait 240'
    moved 'standby' "$since" server3 server2
}

takeover() {
    local since
    since=$(now)
    check 'hasharp takeover says that it is done' on server2 'hasharp takeover --wait 240'
    moved 'takeover' "$since" server2 server3
}

power_cut_of_the_active_node() {
    local cut verified
    save_log server2
    cut=$(now)
    power_cut server2
    wait_until 'a row is acknowledged by the survivor' served_since "$(now)"
    check 'no acknowledged row is lost' no_row_lost
    verified=$(now)
    check 'server3 holds everything' holds server3
    check 'nothing is on both nodes, now and ever before' never_twice
    figure 'power cut to a verified query on the survivor' "$((verified - cut))" \
        "$((deadtime + own_share + by_hand_time))"
    tell_steps "$cut" server3 "$verified"
}

# tell_steps SINCE NODE UNTIL: what the time was needed for, as the judge saw it.
tell_steps() {
    local address primary mounted
    address=$(first_seen "$1" "$2" ' [01] 1 cs:')
    primary=$(first_seen "$1" "$2" ' ro:Primary/')
    mounted=$(first_seen "$1" "$2" ' 1 1 cs:')
    figure '  until the survivor has the address' "$((address - $1))" "$((deadtime + own_share))"
    figure '  drbddisk' "$((primary - address))"
    figure '  Filesystem' "$((mounted - primary))"
    figure '  mysqld, and a verified query' "$(($3 - mounted))"
}

return_and_resync() {
    local since
    since=$(now)
    power_on server2
    booted server2
    figure 'the dead node boots' "$(($(now) - since))"
    since=$(now)
    drbd_up server2
    wait_until 'DRBD has synchronised' says server2 'ds:UpToDate/UpToDate'
    figure 'DRBD resynchronises' "$(($(now) - since))"
    check 'server3 has held everything all the time' holds server3
    unharmed
}

auto_failback() {
    local since
    since=$(now)
    start_hasharp server2
    moved 'auto_failback' "$since" server2 server3
}

# server3 loses its peer while it is still being filled: what it has is no database, and it must not be one.
no_promotion_while_the_disk_is_not_up_to_date() {
    local cut
    on server3 'drbdadm disk-options --c-plan-ahead=0 --resync-rate=500K sqldata && drbdadm invalidate sqldata'
    wait_until 'server3 is being filled' says server3 'ds:Inconsistent/UpToDate'
    save_log server2
    cut=$(now)
    power_cut server2
    wait_until 'server3 takes the address' first_seen "$cut" server3 ' 0 1 cs:'
    wait_until 'server3 gives the address up again' holds_nothing server3
    figure 'power cut to a refusal' "$(($(now) - cut))"
    wait_until 'server3 says that it cannot run the group' refuses server3
    check 'the reason names the agent of the disk' reason_names server3 drbddisk
    check 'server3 holds nothing, and its disk is not up to date' says server3 \
        '0 0 cs:WFConnection ro:Secondary/* ds:Inconsistent/*'
    check 'nothing was promoted or mounted on server3 meanwhile' \
        never first_seen "$cut" server3 '( ro:Primary/| [1-9] [01] cs:)'
    check 'nothing is on both nodes, now and ever before' never_twice
}

the_good_disk_returns() {
    local since
    since=$(now)
    power_on server2
    booted server2
    drbd_up server2
    start_hasharp server2
    wait_until 'a row is acknowledged' served_since "$since"
    figure 'power on of the good disk to the first acknowledged row' "$(($(now) - since))"
    check 'server2 holds everything' holds server2
    unharmed
    on server3 'drbdadm disk-options --c-plan-ahead=20 --resync-rate=200M sqldata'
    wait_until 'DRBD has synchronised' says server2 'ds:UpToDate/UpToDate'
    check 'server2 has held everything meanwhile' holds server2
}

stop() {
    local since
    since=$(now)
    check 'hasharp stop on the active node says that it is done' on server2 'hasharp stop --wait 240'
    moved 'stop of the active node' "$since" server3 server2
    check 'hasharp stop on the last node says that it is done' on server3 'hasharp stop --wait 240'
    check 'server2 holds nothing' holds_nothing server2
    check 'server3 holds nothing' holds_nothing server3
    check 'the kernels know of no split brain' no_split_brain
    check 'nothing was ever on both nodes' never_twice
}
