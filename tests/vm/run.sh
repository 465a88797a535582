#!/bin/bash
# A DRBD pair of the old school on two real machines (Debian's kernel in QEMU, DRBD 8.4, ext4, MariaDB), from
# `make install` to the power cut, with a client that writes all the time. scenes.sh has the scenes; this file plays
# them in order, removes everything whatever happens, and says what came of it. The last line says how many checks
# passed and failed, and how many scenes were skipped.
#
# HASHARP_VM_CACHE   where the images are kept, about 1 GiB; default: hasharp-vm in XDG_CACHE_HOME or in /var/cache
# TestResults/vm     the logs of the last run: of the nodes, of the client and of the judge
# shellcheck source-path=SCRIPTDIR
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cache=${HASHARP_VM_CACHE:-${XDG_CACHE_HOME:-/var/cache}/hasharp-vm}
export LC_ALL=C
# shellcheck source=lib/report.sh
. "$root/tests/vm/lib/report.sh"
# shellcheck source=lib/machine.sh
. "$root/tests/vm/lib/machine.sh"
# shellcheck source=lib/pair.sh
. "$root/tests/vm/lib/pair.sh"
# shellcheck source=scenes.sh
. "$root/tests/vm/scenes.sh"

need() {
    local tool missing=()
    for tool in qemu-system-x86_64 mmdebstrap mke2fs cpio ssh ssh-keygen ip mariadb flock dotnet; do
        command -v "$tool" > /dev/null || missing+=("$tool")
    done
    [ "$(uname -m)" = x86_64 ] || skip "the machines are x86_64, and this one is $(uname -m)"
    [ "$(id -u)" = 0 ] || skip 'needs root (network namespaces, and unpacking a Debian)'
    [ ${#missing[@]} = 0 ] || skip "eng/setup.sh --with-vm could not install: ${missing[*]}"
    [ -c /dev/net/tun ] || skip 'needs /dev/net/tun'
    ip netns add "$namespace" 2> /dev/null || skip 'cannot make network namespaces here'
    inside ip tuntap add dev probe mode tap 2> /dev/null || skip 'cannot make tap devices here'
    inside ip link delete probe
}

prepare() {
    local code=0
    "$root/tests/vm/image.sh" "$cache" || code=$?
    [ "$code" != 75 ] || skip "Debian's mirror does not answer, and there are no images in $cache yet"
    [ "$code" = 0 ] || return "$code"
    say 'building HaSharp for the nodes'
    copy_source
    restore > "$run/restore" || skip "no self-contained build: $(grep -m 1 error "$run/restore")"
    build_installation
}

collect_logs() {
    local node logs=$root/TestResults/vm
    rm -rf "$logs"
    mkdir -p "$logs"
    for node in "${!machine[@]}"; do
        on "$node" 'cat /var/log/hasharp.log' > "$logs/$node.log" 2> /dev/null || true
        on "$node" 'hasharp status; cat /proc/drbd; dmesg' > "$logs/$node.txt" 2> /dev/null || true
    done
    cp "$run"/*.console "$run"/*.qemu "$run"/*.log "$run"/doubles "$run"/client/* "$logs/" 2> /dev/null || true
    echo "logs: $logs"
}

finish() {
    local code=$?
    trap - EXIT
    trap '' INT TERM HUP
    if [ "$code" -ne 0 ] && [ "$failed" = 0 ]; then
        failed=1
        say "  FAILED: $scene: ended early, exit code $code"
    fi
    [ ${#machine[@]} = 0 ] || collect_logs
    machines_down
    print_figures
    print_summary
    [ "$failed" = 0 ]
}

# play SCENE: its name says what it shows; its function has the same name with _ between the words.
play() {
    scene=$1
    unplayed=("${unplayed[@]:1}")
    say "$scene"
    "${scene//[ -]/_}"
}

namespace=hasharp-vm-$$
unplayed=("${scenes[@]}")
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
need
mkdir -p "$cache"
cache=$(cd "$cache" && pwd)
run=$(mktemp -d "$cache/run.XXXXXX")
# The path of a socket has at most 107 characters.
sockets=$(mktemp -d /tmp/hasharp-vm.XXXXXX)
prepare
for scene in "${scenes[@]}"; do
    play "$scene"
done
