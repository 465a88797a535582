#!/bin/sh
# Installs with apt what building needs, with --with-tests what testing needs, with --with-vm what the virtual machines
# need, and only what is missing. Needs root only then. The SDK is needed by everything; the rest by tests, which say
# that they are skipped where it is missing.
set -eu
cd "$(dirname "$0")/.."

packages=''
command -v ip > /dev/null || packages="$packages iproute2"
command -v nft > /dev/null || packages="$packages nftables"
busybox --list 2> /dev/null | grep -qx httpd || packages="$packages busybox"
dotnet --version > /dev/null 2>&1 || packages="$packages dotnet-sdk-10.0"
if [ "${1:-}" = --with-tests ]; then
    command -v ps > /dev/null || packages="$packages procps"
    command -v mkfs.ext4 > /dev/null || packages="$packages e2fsprogs"
    # Without systemd-sysv it does nothing here; the tests start it in namespaces.
    [ -x /lib/systemd/systemd ] || packages="$packages systemd"
fi

# The real heartbeat, as the peer in the tests: the daemon, its address agent, and what that announces addresses with.
original=''
if [ "${1:-}" = --with-tests ]; then
    [ -x /usr/libexec/heartbeat/heartbeat ] || [ -x /usr/lib/heartbeat/heartbeat ] || original="$original heartbeat"
    [ -x /usr/lib/ocf/resource.d/heartbeat/IPaddr2 ] || original="$original resource-agents"
    command -v arping > /dev/null || original="$original iputils-arping"
    # What its agents are tried on.
    [ -x /usr/sbin/nginx ] || original="$original nginx"
    [ -x /usr/sbin/mariadbd ] || original="$original mariadb-server"
    # Only with the first of them: resource-agents would else bring a ping of its choice.
    [ -z "$original" ] || command -v ping > /dev/null || original="$original iputils-ping"
fi

if [ "${1:-}" = --with-vm ]; then
    command -v qemu-system-x86_64 > /dev/null || packages="$packages qemu-system-x86"
    command -v mmdebstrap > /dev/null || packages="$packages mmdebstrap"
    command -v mke2fs > /dev/null || packages="$packages e2fsprogs"
    command -v cpio > /dev/null || packages="$packages cpio"
    command -v ssh > /dev/null || packages="$packages openssh-client"
    command -v mariadb > /dev/null || packages="$packages mariadb-client-core"
fi

apt() {
    DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=120 "$@" > /dev/null
}

install_all() {
    echo "setup: installing $*"
    apt install -y --no-install-recommends "$@" 2> /dev/null \
        || { apt update && apt install -y --no-install-recommends "$@"; } \
        || echo "setup: apt could not install $*"
}

# A heartbeat for tests must not start: neither now, which policy-rc.d forbids, nor when the machine starts.
install_original() {
    policy=/usr/sbin/policy-rc.d
    ours=''
    if [ ! -e "$policy" ]; then
        ours=$policy
        trap 'rm -f "$ours"' EXIT
        trap 'exit 1' HUP INT TERM
        printf '#!/bin/sh\nexit 101\n' > "$policy"
        chmod 755 "$policy"
    fi
    # shellcheck disable=SC2086 # one word a package
    install_all $original
    if [ -n "$ours" ]; then
        rm -f "$ours"
        trap - EXIT HUP INT TERM
    fi
    case $original in
        *heartbeat*) systemctl --quiet disable heartbeat logd > /dev/null 2>&1 || true ;;
    esac
    for service in nginx mariadb; do
        case $original in
            *$service*) systemctl --quiet disable "$service" > /dev/null 2>&1 || true ;;
        esac
    done
}

if [ -n "$packages$original" ]; then
    if [ "$(id -u)" -eq 0 ] && command -v apt-get > /dev/null; then
        for package in $packages; do
            install_all "$package"
        done
        [ -z "$original" ] || install_original
    else
        echo "setup: missing:$packages$original (apt-get install them as root; tests that need them are skipped)"
    fi
fi

if ! dotnet --version > /dev/null 2>&1; then
    echo "setup: the .NET 10 SDK is missing, see https://learn.microsoft.com/dotnet/core/install/linux" >&2
    exit 1
fi
