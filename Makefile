# What can be done with this repository. The work is in eng/*.sh; `make` alone lists the targets.

PREFIX ?= /usr
DESTDIR ?=
ARGS ?=

export DOTNET_CLI_TELEMETRY_OPTOUT = 1
export DOTNET_NOLOGO = 1
export DOTNET_SYSTEM_GLOBALIZATION_INVARIANT = 1
# No build process stays behind and holds our output open.
export MSBUILDDISABLENODEREUSE = 1
export DOTNET_CLI_USE_MSBUILD_SERVER = 0
export PATH := $(PATH):/usr/local/sbin:/usr/sbin:/sbin

.PHONY: help build test test-interop test-vm demo bench soak aot install uninstall clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: ## out/hasharp, and with apt what building and testing need and is missing
	@eng/setup.sh
	@eng/build.sh

test: ## all tests; the last line says how many passed, failed and were skipped
	@eng/setup.sh --with-tests
	@eng/build.sh --with-tests
	@eng/test.sh

test-interop: ## every mixed cluster with the real heartbeat 3.0.6; `make test` runs a few of them
	@eng/setup.sh --with-tests
	@eng/build.sh --with-tests
	@eng/test.sh --interop

test-vm: ## a DRBD and MariaDB pair on two virtual machines, with a power cut
	@eng/setup.sh --with-vm
	@tests/vm/run.sh

demo: build ## two nodes in network namespaces, every kind of move, and a table of what a client saw
	@out/hasharp demo $(ARGS)

bench: ## the measurements
	@eng/setup.sh --with-tests
	@dotnet run --project tests/HaSharp.Benchmarks --configuration Release -- $(ARGS)

soak: ## ten minutes of short timing on a machine without time: nothing may fail over
	@eng/setup.sh
	@dotnet run --project tests/HaSharp.Benchmarks --configuration Release -- --soak 10

aot: ## out/aot/hasharp, a native executable, where the packs for it can be had
	@eng/setup.sh
	@eng/aot.sh

install: ## what `make build` built, under PREFIX (/usr), inside DESTDIR
	@eng/install.sh install "$(DESTDIR)" "$(PREFIX)"

uninstall: ## all that install brought, but no configuration
	@eng/install.sh uninstall "$(DESTDIR)" "$(PREFIX)"

clean: ## remove all build products
	@rm -rf out TestResults src/*/bin src/*/obj tests/*/bin tests/*/obj tests/*/TestResults
