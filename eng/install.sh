#!/bin/sh
# install.sh install|uninstall DESTDIR PREFIX
# Configuration is the administrator's: an agent that is there already is not replaced, and uninstall removes only
# agents that are still ours, letter for letter. heartbeat's commands become links to hasharp only where heartbeat
# itself is not installed, and uninstall removes only links that are ours.
set -eu
cd "$(dirname "$0")/.."

verb=$1
root=$2
prefix=$root$3
lib=$root$3/lib/hasharp
sbin=$root$3/sbin
units=$root$3/lib/systemd/system
man=$root$3/share/man
agents=$root/etc/ha.d/resource.d

# Where heartbeat's packages of the last twenty years have each command, and how hasharp is reached from there.
old_names() {
    cat <<-END
	cl_status bin ../lib/hasharp/hasharp
	hb_standby bin ../lib/hasharp/hasharp
	hb_standby share/heartbeat ../../lib/hasharp/hasharp
	hb_standby lib/heartbeat ../hasharp/hasharp
	hb_takeover bin ../lib/hasharp/hasharp
	hb_takeover share/heartbeat ../../lib/hasharp/hasharp
	hb_takeover lib/heartbeat ../hasharp/hasharp
	heartbeat sbin ../lib/hasharp/hasharp
	heartbeat lib/heartbeat ../hasharp/hasharp
	heartbeat libexec/heartbeat ../../lib/hasharp/hasharp
	END
}

# is_ours FILE TARGET
is_ours() {
    [ -L "$1" ] && [ "$(readlink "$1")" = "$2" ]
}

# Prints where a command is that is not ours; nothing when there is none.
foreign_command() {
    old_names | while read -r name directory target; do
        file=$prefix/$directory/$name
        if [ "$name" != "$1" ]; then
            continue
        fi
        if { [ -e "$file" ] || [ -L "$file" ]; } && ! is_ours "$file" "$target"; then
            echo "$file"
            break
        fi
        # With another prefix the package's own commands are still those of the machine.
        if [ "$prefix" != "$root/usr" ] && [ -e "$root/usr/$directory/$name" ]; then
            echo "$root/usr/$directory/$name"
            break
        fi
    done
}

# A machine with two commands of one name would ask the wrong daemon, so a command gets all its links or none.
link_old_names() {
    for name in cl_status hb_standby hb_takeover heartbeat; do
        kept=$(foreign_command "$name")
        [ -z "$kept" ] || echo "install: kept $kept, which is not ours; install again when heartbeat is removed"
        old_names | while read -r old directory target; do
            if [ "$old" = "$name" ] && [ -z "$kept" ]; then
                mkdir -p "$prefix/$directory"
                ln -sf "$target" "$prefix/$directory/$name"
            fi
        done
    done
}

unlink_old_names() {
    old_names | while read -r name directory target; do
        file=$prefix/$directory/$name
        if is_ours "$file" "$target"; then
            rm -f "$file"
            case $directory in
                */heartbeat) rmdir "$prefix/$directory" 2> /dev/null || true ;;
            esac
        fi
    done
}

# A manual page of this name that is not about HaSharp is another program's.
foreign_page() {
    if [ -e "$1.gz" ]; then
        echo "$1.gz"
    elif [ -e "$1" ] && ! grep -qi hasharp "$1"; then
        echo "$1"
    fi
}

install_all() {
    if [ ! -x out/hasharp ]; then
        echo "install: out/hasharp is missing, run 'make build' first" >&2
        exit 1
    fi
    mkdir -p "$lib" "$sbin" "$agents" "$units"
    find out -maxdepth 1 -type f -exec install -m 644 -t "$lib" {} +
    chmod 755 "$lib/hasharp"
    ln -sf ../lib/hasharp/hasharp "$sbin/hasharp"
    link_old_names
    mkdir -p "$lib/resource-agents"
    for agent in out/resource-agents/*; do
        [ -x "$agent" ] || continue
        name=$(basename "$agent")
        # What an older version of ours has put there is ours, too.
        if [ ! -e "$agents/$name" ] || cmp -s "$lib/resource-agents/$name" "$agents/$name"; then
            install -m 755 "$agent" "$agents/$name"
        elif ! cmp -s "$agent" "$agents/$name"; then
            echo "install: kept $agents/$name, which is not ours"
        fi
        install -m 755 "$agent" "$lib/resource-agents/"
    done
    for unit in hasharp.service hasharp-release.service; do
        sed "s|@PREFIX@|$1|g" "eng/$unit" > "$units/$unit"
        chmod 644 "$units/$unit"
    done
    for page in docs/man/*.[1-8]; do
        [ -f "$page" ] || continue
        section=$man/man${page##*.}
        mkdir -p "$section"
        kept=$(foreign_page "$section/$(basename "$page")")
        if [ -n "$kept" ]; then
            echo "install: kept $kept, which is not ours"
            continue
        fi
        install -m 644 "$page" "$section/"
    done
    # The group that may use the control socket, as heartbeat's packages make it.
    if [ -z "$root" ] && [ "$(id -u)" -eq 0 ] && ! getent group haclient > /dev/null; then
        groupadd --system haclient
    fi
    echo "install: $lib/hasharp; next: configure $root/etc/ha.d, then systemctl daemon-reload"
}

uninstall_all() {
    if [ -z "$root" ] && "$lib/hasharp" status > /dev/null 2>&1; then
        echo "uninstall: hasharp runs on this machine; stop it first (hasharp stop)" >&2
        exit 1
    fi
    for agent in "$lib"/resource-agents/*; do
        [ -f "$agent" ] || continue
        name=$(basename "$agent")
        if cmp -s "$agent" "$agents/$name"; then
            rm -f "$agents/$name"
        fi
    done
    for page in docs/man/*.[1-8]; do
        file=$man/man${page##*.}/$(basename "$page")
        [ -n "$(foreign_page "$file")" ] || rm -f "$file"
    done
    unlink_old_names
    rm -f "$sbin/hasharp" "$units/hasharp.service" "$units/hasharp-release.service"
    rm -rf "$lib"
    echo "uninstall: done; $root/etc/ha.d and the group haclient are left as they are"
}

case $verb in
    install) install_all "$3" ;;
    uninstall) uninstall_all ;;
    *) echo "usage: install.sh install|uninstall DESTDIR PREFIX" >&2; exit 2 ;;
esac
