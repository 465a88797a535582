# shellcheck shell=bash disable=SC2034,SC2154 # sourced: variables are shared with run.sh
# The nodes as machines: a network namespace with two networks in it, a QEMU process a node, ssh to give orders, and a
# power switch. QEMU translates (TCG): no CPU feature and no /dev/kvm is needed. Sourced.
#
#   172.25.44.0/24  eth0: clients, DRBD and heartbeats; the namespace is .250, and .251, the ping node
#   10.25.44.0/24   eth1: orders to the nodes; the namespace is .250
#
# Needs: cache (image.sh), run (a directory for disks), sockets (one with a short path), namespace.

declare -A number=([server2]=22 [server3]=33)
declare -A machine=() # process of each node that has power

inside() {
    ip netns exec "$namespace" "$@"
}

network_up() {
    inside ip link set lo up
    local switch
    for switch in clients orders; do
        inside ip link add "$switch" type bridge
        inside ip link set "$switch" up
    done
    inside ip address add 172.25.44.250/24 dev clients
    inside ip address add 172.25.44.251/24 dev clients
    inside ip address add 10.25.44.250/24 dev orders
}

# tap NODE SWITCH: prints the name of the node's cable, which stays when the node loses its power.
tap() {
    local name=${2:0:3}-$1
    if ! inside ip link show "$name" > /dev/null 2>&1; then
        inside ip tuntap add dev "$name" mode tap
        inside ip link set "$name" master "$2" up
    fi
    echo "$name"
}

# A disk for DRBD, and one for all that the node writes elsewhere. cache=unsafe below: what the node has flushed is in
# this machine's memory, which outlives the node; what it has not flushed dies with it, as in life.
make_disks() {
    truncate -s 96M "$run/$1.drbd"
    truncate -s 1G "$run/$1.root"
    mke2fs -q -F -t ext4 -m 0 -N 16384 -J size=8 -E nodiscard "$run/$1.root"
}

power_on() {
    local node=$1 id=${number[$1]} n=0 switch cards=()
    for switch in clients orders; do
        cards+=(-netdev "tap,id=net$n,ifname=$(tap "$node" "$switch"),script=no,downscript=no"
            -device "virtio-net-pci,netdev=net$n,mac=52:54:00:44:0$n:$id,romfile=")
        n=$((n + 1))
    done
    : > "$run/$node.console"
    ip netns exec "$namespace" setsid qemu-system-x86_64 -name "$node" -accel tcg,thread=multi,tb-size=128 \
        -M q35 -cpu Nehalem -m 448 -smp 1 -nodefaults -no-user-config -display none -no-reboot \
        -kernel "$cache/vmlinuz" -initrd "$cache/initrd.gz" \
        -append "console=ttyS0 quiet loglevel=4 tsc=reliable mitigations=off node=$node.example.com number=$id" \
        -drive "file=$cache/root.ext4,format=raw,if=virtio,readonly=on,file.locking=off" \
        -drive "file=$run/$node.drbd,format=raw,if=virtio,cache=unsafe" \
        -drive "file=$run/$node.root,format=raw,if=virtio,cache=unsafe" \
        -drive "file=$run/install.ext4,format=raw,if=virtio,readonly=on,file.locking=off" \
        "${cards[@]}" -device virtio-rng-pci -serial "file:$run/$node.console" \
        < /dev/null > "$run/$node.qemu" 2>&1 &
    machine[$node]=$!
}

# ssh_options: one word a line.
ssh_options() {
    printf '%s\n' -F/dev/null "-i$cache/keys/id" -oIdentitiesOnly=yes -oBatchMode=yes -oStrictHostKeyChecking=no \
        -oUserKnownHostsFile=/dev/null -oLogLevel=ERROR -oConnectTimeout=5 -oServerAliveInterval=5 \
        -oServerAliveCountMax=6 -oGSSAPIAuthentication=no -lroot
}

# Whether the node has booted and takes orders; opens the connection that all orders share.
answers() {
    local options
    grep -qa '^NODE-READY' "$run/$1.console" || return 1
    mapfile -t options < <(ssh_options)
    [ -S "$sockets/$1" ] \
        || inside timeout 20 ssh "${options[@]}" -M -S "$sockets/$1" -f -N "10.25.44.${number[$1]}" < /dev/null
}

# booted NODE...: waits until they take orders.
booted() {
    local node
    for node; do
        wait_until "$node boots, see $run/$node.console" answers "$node"
        : > "$run/$node.up"
    done
}

# save_log NODE: before a power cut, because the node will not have flushed it.
save_log() {
    on "$1" 'cat /var/log/hasharp.log' > "$run/$1-$(now).log" || true
}

# power_cut NODE: at once, without a word to anybody. When this returns nothing of the node is left.
power_cut() {
    rm -f "$run/$1.up"
    kill -KILL "${machine[$1]}"
    wait "${machine[$1]}" 2> /dev/null || true
    unset "machine[$1]"
    rm -f "$sockets/$1"
}

# on NODE COMMAND: runs it in the node's shell.
on() {
    local node=$1 options
    shift
    mapfile -t options < <(ssh_options)
    inside timeout -k 5 300 ssh "${options[@]}" -S "$sockets/$node" "10.25.44.${number[$node]}" "$*" < /dev/null
}

# on_both COMMAND: on both nodes at the same time.
on_both() {
    local other code=0
    on server2 "$1" &
    other=$!
    on server3 "$1" || code=$?
    wait "$other" || code=$?
    return "$code"
}

# Everything that runs in the namespace was started here: the nodes, their ssh connections, the client and the judge.
machines_down() {
    local process
    {
        for process in $(ip netns pids "$namespace"); do
            kill -KILL "$process" || true
        done
        wait || true
        ip netns delete "$namespace" || true
    } 2> /dev/null
    rm -rf "${run:-}" "${sockets:-}"
}
