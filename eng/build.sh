#!/bin/sh
# Builds out/hasharp: a launcher, its assemblies, and the resource agents beside it. With --with-tests, the tests too.
set -eu
cd "$(dirname "$0")/.."

what=src/HaSharp.Cli
[ "${1:-}" != --with-tests ] || what=HaSharp.sln

echo "build: $what"
dotnet build "$what" --configuration Release --verbosity minimal
dotnet publish src/HaSharp.Cli --configuration Release --no-build --verbosity quiet \
    -p:PublishDocumentationFiles=false --output out
rm -rf out/resource-agents
mkdir -p out/resource-agents
for agent in resource-agents/*; do
    [ ! -x "$agent" ] || install -m 755 "$agent" out/resource-agents/
done
echo "build: $PWD/out/hasharp is ready"
