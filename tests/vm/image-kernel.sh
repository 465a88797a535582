#!/bin/sh
# image-kernel.sh ROOT, called by mmdebstrap when ROOT is complete: adds Debian's kernel, without its package's scripts,
# which would build an initramfs for machines of every kind.
set -eu
root=$1
APT_CONFIG=$MMDEBSTRAP_APT_CONFIG
export APT_CONFIG
download=$root/tmp/kernel
package=$(apt-cache depends linux-image-cloud-amd64 | awk '$1 == "Depends:" && $2 ~ /^linux-image/ { print $2; exit }')
mkdir -p "$download"
(cd "$download" && apt-get -o APT::Sandbox::User=root download "$package")
dpkg-deb -x "$download"/*.deb "$download/unpacked"
cp "$download"/unpacked/boot/vmlinuz-* "$root/boot/vmlinuz"
mkdir -p "$root/usr/lib/modules"
cp -a "$download"/unpacked/lib/modules/* "$root/usr/lib/modules/"
chroot "$root" depmod "$(ls "$root/usr/lib/modules")"
rm -rf "$download"
