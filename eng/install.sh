#!/bin/sh
# install.sh install|uninstall DESTDIR PREFIX
# Configuration is the administrator's: an agent that is there already is not replaced, and uninstall removes only
# agents that are still ours, letter for letter.
set -eu
cd "$(dirname "$0")/.."

verb=$1
root=$2
lib=$root$3/lib/hasharp
sbin=$root$3/sbin
unit=$root$3/lib/systemd/system/hasharp.service
man=$root$3/share/man
agents=$root/etc/ha.d/resource.d

install_all() {
    if [ ! -x out/hasharp ]; then
        echo "install: out/hasharp is missing, run 'make build' first" >&2
        exit 1
    fi
    mkdir -p "$lib" "$sbin" "$agents" "$(dirname "$unit")"
    for file in out/*; do
        [ ! -f "$file" ] || install -m 644 "$file" "$lib/"
    done
    chmod 755 "$lib/hasharp"
    ln -sf ../lib/hasharp/hasharp "$sbin/hasharp"
    mkdir -p "$lib/resource-agents"
    for agent in out/resource-agents/*; do
        [ -f "$agent" ] || continue
        install -m 755 "$agent" "$lib/resource-agents/"
        name=$(basename "$agent")
        if [ -e "$agents/$name" ]; then
            cmp -s "$agent" "$agents/$name" || echo "install: kept $agents/$name, which is not ours"
        else
            install -m 755 "$agent" "$agents/$name"
        fi
    done
    sed "s|@PREFIX@|$1|g" eng/hasharp.service > "$unit"
    chmod 644 "$unit"
    for page in docs/man/*.[1-8]; do
        [ -f "$page" ] || continue
        section=$man/man${page##*.}
        mkdir -p "$section"
        install -m 644 "$page" "$section/"
    done
    # The group that may use the control socket, as heartbeat's packages make it.
    if [ -z "$root" ] && [ "$(id -u)" -eq 0 ] && ! getent group haclient > /dev/null; then
        groupadd --system haclient
    fi
    echo "install: $lib/hasharp; next: configure $root/etc/ha.d, then systemctl daemon-reload"
}

uninstall_all() {
    for agent in "$lib"/resource-agents/*; do
        [ -f "$agent" ] || continue
        name=$(basename "$agent")
        if cmp -s "$agent" "$agents/$name"; then
            rm -f "$agents/$name"
        fi
    done
    for page in docs/man/*.[1-8]; do
        [ ! -f "$page" ] || rm -f "$man/man${page##*.}/$(basename "$page")"
    done
    rm -f "$sbin/hasharp" "$unit"
    rm -rf "$lib"
    echo "uninstall: done; $root/etc/ha.d and the group haclient are left as they are"
}

case $verb in
    install) install_all "$3" ;;
    uninstall) uninstall_all ;;
    *) echo "usage: install.sh install|uninstall DESTDIR PREFIX" >&2; exit 2 ;;
esac
