#!/bin/sh
# Publishes the native executable out/aot/hasharp. The packs for it are not in every package feed: without them this
# says so in one line and is no failure; with them a failure is one.
set -eu
cd "$(dirname "$0")/.."

# Ask the feed with an empty project, so that our own projects and lock files stay as they are.
probe=$(mktemp -d)
trap 'rm -rf "$probe"' EXIT
cat > "$probe/probe.csproj" <<'PROJECT'
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <TargetFramework>net10.0</TargetFramework>
    <RuntimeIdentifiers>RID</RuntimeIdentifiers>
    <PublishAot>true</PublishAot>
  </PropertyGroup>
</Project>
PROJECT
rid=$(dotnet --info | awk '$1 == "RID:" { print $2; exit }')
sed -i "s/RID</$rid</" "$probe/probe.csproj"
if ! dotnet restore "$probe/probe.csproj" > "$probe/log" 2>&1; then
    reason=$(grep -o -m 1 'error NU[0-9]*: .*' "$probe/log" | sed 's/ \[.*//; s/^error //' || tail -n 1 "$probe/log")
    echo "aot: not possible here: ${reason:-the restore failed}"
    exit 0
fi
if ! command -v clang > /dev/null && ! command -v gcc > /dev/null; then
    echo "aot: not possible here: no linker, install clang and zlib1g-dev"
    exit 0
fi

echo "aot: compiling for $rid, which takes a minute"
dotnet publish src/HaSharp.Cli --configuration Release --runtime "$rid" --artifacts-path "$probe/artifacts" \
    -p:PublishAot=true -p:RestorePackagesWithLockFile=false --verbosity minimal --output out/aot
echo "aot: $PWD/out/aot/hasharp is ready"
