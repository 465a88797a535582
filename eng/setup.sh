#!/bin/sh
# Installs with apt what building and testing need, and only what is missing. Needs root only then.
# The SDK is needed by everything; the rest by tests, which say that they are skipped where it is missing.
set -eu
cd "$(dirname "$0")/.."

packages=''
command -v ip > /dev/null || packages="$packages iproute2"
command -v nft > /dev/null || packages="$packages nftables"
busybox --list 2> /dev/null | grep -qx httpd || packages="$packages busybox"
dotnet --version > /dev/null 2>&1 || packages="$packages dotnet-sdk-10.0"

apt() {
    DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=120 "$@" > /dev/null
}

if [ -n "$packages" ]; then
    if [ "$(id -u)" -eq 0 ] && command -v apt-get > /dev/null; then
        for package in $packages; do
            echo "setup: installing $package"
            apt install -y --no-install-recommends "$package" 2> /dev/null \
                || { apt update && apt install -y --no-install-recommends "$package"; } \
                || echo "setup: apt could not install $package"
        done
    else
        echo "setup: missing:$packages (apt-get install them as root; tests that need them are skipped)"
    fi
fi

if ! dotnet --version > /dev/null 2>&1; then
    echo "setup: the .NET 10 SDK is missing, see https://learn.microsoft.com/dotnet/core/install/linux" >&2
    exit 1
fi
