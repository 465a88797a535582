#!/bin/bash
# Builds what the nodes boot, from Debian's packages only:
#
#   CACHE/vmlinuz, modules    Debian's kernel for clouds, which is small and has DRBD 8.4 as a module
#   CACHE/root.ext4           the root file system that all nodes share, read-only
#   CACHE/initrd.gz           busybox, the modules that reach the disks, and the files of guest/
#   CACHE/keys                ssh keys that exist for these nodes alone
#
# The root image is made once, the small rest whenever guest/ has changed.
#
# Usage: image.sh CACHE
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cache=$1

suite=bookworm
packages=mariadb-server,drbd-utils,iproute2,iputils-arping,openssh-server,procps,psmisc,kmod,e2fsprogs
packages+=,busybox-static,make,libgcc-s1,libstdc++6

# The mirror that this machine's apt uses, else Debian's own.
mirror() {
    local found
    # shellcheck disable=SC2016 # the words are apt's
    found=$(apt-get indextargets --format '$(SITE) $(RELEASE)' | awk -v suite="$suite" '$2 == suite { print $1; exit }')
    echo "${found:-http://deb.debian.org/debian}"
}

# The database is made when its package is configured: with the settings that it shall run with.
unpack_debian() {
    # shellcheck disable=SC2016 # the words are mmdebstrap's
    mmdebstrap --quiet --mode=root --variant=minbase --components=main \
        --aptopt='APT::Install-Recommends "false"' --aptopt='Acquire::Languages "none"' \
        --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
        --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/info/*' \
        --dpkgopt='force-unsafe-io' \
        --essential-hook='mkdir -p "$1/etc/mysql/mariadb.conf.d"' \
        --essential-hook="copy-in '$here/guest/etc/mysql/mariadb.conf.d/90-pair.cnf' /etc/mysql/mariadb.conf.d" \
        --customize-hook="$here/image-kernel.sh" \
        --include="$packages" "$suite" "$1" "$(mirror)" > "$cache/mmdebstrap.log" 2>&1 \
        || { tail -n 20 "$cache/mmdebstrap.log" >&2; return 1; }
}

# About a quarter of the room is spare, as it must be: file systems are not full to the last block.
write_root() {
    local tree=$1 megabytes
    megabytes=$(du -sxm --apparent-size "$tree" | cut -f1)
    rm -f "$cache/root.ext4.new"
    mke2fs -q -t ext4 -O '^has_journal' -m 0 -E lazy_itable_init=1,root_owner=0:0 -d "$tree" \
        "$cache/root.ext4.new" "$((megabytes * 5 / 4 + 64))M" > /dev/null
    mv "$cache/root.ext4.new" "$cache/root.ext4"
}

# The modules that reach the disks, each after those that it needs, as the kernel's own list says.
boot_modules() {
    local modules=$1 name file
    rm -rf "$cache/modules"
    mkdir "$cache/modules"
    for name in virtio_pci virtio_blk virtio_net virtio_rng overlay; do
        awk -v wanted="/$name.ko:" '
            index("/" $1, wanted) { sub(":", "", $1); for (i = NF; i > 0; i--) print $i }
        ' "$modules/modules.dep"
    done | awk '!seen[$0]++' | while read -r file; do
        cp "$modules/$file" "$cache/modules/"
        basename "$file" >> "$cache/modules/order"
    done
}

# Exit code 75: nobody is there to ask, which is nobody's fault.
demand_mirror() {
    /usr/lib/apt/apt-helper download-file "$(mirror)/dists/$suite/Release" "$cache/Release" > /dev/null 2>&1 || exit 75
}

root_image() {
    local tree=$cache/tree.tmp
    demand_mirror
    rm -rf "$tree"
    unpack_debian "$tree"
    # The agent of this name is to be the one that comes with HaSharp, and an installation replaces no file.
    rm -f "$tree/etc/ha.d/resource.d/drbddisk"
    rm -rf "$tree"/var/cache/apt/* "$tree/usr/share/zoneinfo"
    mv "$tree/boot/vmlinuz" "$cache/vmlinuz"
    cp "$tree/bin/busybox" "$cache/busybox"
    boot_modules "$tree"/usr/lib/modules/*
    write_root "$tree"
    rm -rf "$tree"
}

make_keys() {
    local key
    mkdir -p "$cache/keys"
    for key in id host_key; do
        [ -e "$cache/keys/$key" ] || ssh-keygen -q -t ed25519 -N '' -C 'hasharp test-vm' -f "$cache/keys/$key"
    done
}

initramfs() {
    local tree=$cache/initrd.tmp
    rm -rf "$tree"
    mkdir -p "$tree"/{bin,dev,proc,sys,guest}
    cp "$cache/busybox" "$tree/bin/busybox"
    cp "$here/guest/init" "$tree/init"
    cp -a "$cache/modules" "$tree/modules"
    cp -a "$here"/guest/{etc,usr} "$tree/guest/"
    install -m 600 "$cache/keys/host_key" "$tree/guest/etc/ssh/host_key"
    install -m 644 "$cache/keys/id.pub" "$tree/guest/etc/ssh/authorized_keys"
    (cd "$tree" && find . | cpio --quiet -o -H newc -R 0:0 | gzip -1) > "$cache/initrd.gz.new"
    mv "$cache/initrd.gz.new" "$cache/initrd.gz"
    rm -rf "$tree"
}

# once NAME FINGERPRINT CMD: runs CMD unless it has already made NAME from what has this fingerprint.
once() {
    local stamp=$cache/$1.stamp
    if [ "$(cat "$stamp" 2> /dev/null)" != "$2" ]; then
        echo "image: $1, in $cache"
        rm -f "$stamp"
        "$3"
        echo "$2" > "$stamp"
    fi
}

fingerprint() {
    cat "$@" | sha256sum | cut -d ' ' -f 1
}

mkdir -p "$cache"
exec 9> "$cache/lock"
flock 9
make_keys
root=$(fingerprint "$here/image.sh" "$here/image-kernel.sh" "$here/guest/etc/mysql/mariadb.conf.d/90-pair.cnf")
once root.ext4 "$root" root_image
guest=$(find "$here/guest" -type f | sort)
# shellcheck disable=SC2086 # one word a file
once initrd.gz "$root $(fingerprint $guest "$cache/keys/id.pub")" initramfs
