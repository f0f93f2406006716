# Kilonova's commands; the same here and in continuous integration.

SUDO := $(if $(filter 0,$(shell id -u)),,sudo)
DEBIAN_PACKAGES := libsqlite3-dev libpq-dev libcrypt-dev pkg-config

.PHONY: build test test-leaves lint format deps

# The release binary: .build/release/kilonova
build: deps
	swift build -c release --product kilonova

# Everything that needs no special hardware.
test: deps
	swift build --build-tests
	swift test --skip-build

# Only the rooms that need neither the network stack nor a database: seconds.
test-leaves:
	KILONOVA_LEAVES=1 swift test --scratch-path .build-leaves

lint:
	swift format lint --strict -r Sources Tests Package.swift

format:
	swift format -i -r Sources Tests Package.swift

# Installs what the build needs, where it is missing.
deps:
	@dpkg -s $(DEBIAN_PACKAGES) >/dev/null 2>&1 || \
	    { $(SUDO) apt-get update -qq && $(SUDO) env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $(DEBIAN_PACKAGES); }
