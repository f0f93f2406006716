# Kilonova's commands; the same here and in continuous integration.

SUDO := $(if $(filter 0,$(shell id -u)),,sudo)
DEBIAN_PACKAGES := libsqlite3-dev libpq-dev libcrypt-dev pkg-config curl python3-venv

# Tests run in parallel, but not all at once: long computations would delay tests with servers, and on a busy machine these would
# time out.
export SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH ?= 8

.PHONY: demo run build test test-faults conformance original interop test-leaves lint format docs docs-check bench lab lab-test deps toolchain

# The main job, end to end, with the openstack client.
demo: build
	bash -c '. Tests/Scripts/clients.sh && exec Tools/demo'

# The same, and the control plane keeps running.
run: build
	bash -c '. Tests/Scripts/clients.sh && exec Tools/demo --stay'

# The release binary: .build/release/kilonova
build: deps
	Tools/release kilonova

# Everything that needs no special hardware: client contracts, then unit, functional and store tests on both engines.
test: export KILONOVA_POSTGRESQL_FSYNC = off
test: deps
	swift build --build-tests
	Tests/Scripts/contracts.sh
	Tests/Scripts/consumers.sh
	Tests/Scripts/stores.sh
	# A dozen at a time: where hundreds wait for two cores, those that talk to a server wait for minutes.
	SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=12 Tests/Scripts/with-postgres.sh swift test --skip-build
	# Four at a time: each has its own databases, and more tests would need more connections than a server has. The access matrix asks
	# about policy, which no engine knows of.
	KILONOVA_TEST_ENGINE=postgresql SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=4 \
	    Tests/Scripts/with-postgres.sh swift test --skip-build --filter '^AcceleratorsTests\.' \
	    --skip '^AcceleratorsTests\.AccessMatrixTests'

# Interrupts each participant in a binding at each moment; prints a table of participants, moments and numbers of runs.
test-faults: deps
	swift build --build-tests
	Tests/Scripts/fault-table.sh

# The functional tests that openstack-placement publishes, against this Placement, and those of images that tempest publishes, against
# these Images; not part of `test`, some minutes.
conformance: deps
	KILONOVA_BENCHMARKS=1 swift build --product BenchmarkPlacement
	Benchmarks/placement/conformance/run
	swift build --product kilonova
	Tests/Conformance/images/run

# Takes an accelerated server through its life cycle, twice, with real Keystone, Placement, Nova and Glance around Kilonova. Ten
# minutes, and more the first time, when the originals are installed. `make interop ROUND=kilonova` runs one round.
interop: build
	Tests/Interop/run $(addprefix --round ,$(ROUND))

# Tests with a real Keystone and a real Placement, which are started on loopback; not part of `test`, some minutes.
original: deps
	swift build --build-tests
	Tests/Scripts/original.sh

# Tests only the rooms that need neither the network stack nor a database: seconds.
test-leaves: toolchain
	KILONOVA_LEAVES=1 swift test --scratch-path .build-leaves

lint: toolchain
	swift format lint --strict -r Sources Tests lab/suite $(wildcard Benchmarks) Package.swift

format: toolchain
	swift format -i -r Sources Tests lab/suite $(wildcard Benchmarks) Package.swift

# Generates documents from the program: configuration reference, support matrix, OpenAPI documents.
docs: deps
	swift build --product kilonova
	.build/debug/kilonova docs docs

# Fails if these documents differ from what the program generates.
docs-check: deps
	swift build --product kilonova
	.build/debug/kilonova docs docs --check

# Benchmarks, with ratios; release builds, some minutes.
bench: deps
	Benchmarks/run

# Builds the laboratory: a guest with emulated accelerators; once, some minutes.
lab: toolchain
	lab/build

# Runs every check in the laboratory, under a real kernel. If none is built, prints that and ends with status 77.
lab-test: toolchain
	lab/test all

# Fails if the compiler's version is not the one in .swift-version. To try a later version: `make SWIFT_VERSION=6.4 ...`.
SWIFT_VERSION ?= $(shell cat .swift-version)
toolchain:
	@found=$$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9][0-9.]*\).*/\1/p'); \
	    case "$$found." in "$(SWIFT_VERSION)."*) ;; *) \
	        echo "Swift $(SWIFT_VERSION) is needed (.swift-version), and this is $${found:-no Swift at all}:" \
	            "install it, for example with \`swiftly install $(SWIFT_VERSION)\`." >&2; exit 1;; \
	    esac

# Installs missing packages for the build and the tests.
deps: toolchain
	@dpkg -s $(DEBIAN_PACKAGES) >/dev/null 2>&1 || \
	    { $(SUDO) apt-get update -qq && $(SUDO) env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $(DEBIAN_PACKAGES); }
