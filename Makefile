# make run        build and start the console
# make test       every test, those in a real terminal included
# make bench      the table of numbers, each against its floor
# make lint       formatting and house rules
# make format     format the sources in place
# make screenshots  redraw screenshots/ from real runs
# make install    one self-contained binary into $(PREFIX)/bin

SHELL := /bin/bash
PREFIX ?= /usr/local
ARGS ?=
# Nobody steps through what is released: without information for debuggers it builds a sixth faster, and is a third
# as large.
SWIFT_BUILD := swift build -c release -debug-info-format none
DRYDOCK := .build/release/drydock
SOURCES := $(shell git ls-files '*.swift' | grep -v /Generated/)

export DRYDOCK_WERROR := 1

.PHONY: run build test bench lint format screenshots install generate dependencies test-dependencies

run: build
	@$(DRYDOCK) $(ARGS)

build: dependencies
	@$(SWIFT_BUILD) --product drydock

test: test-dependencies
	@Scripts/python-clients.sh
	$(SWIFT_BUILD) --build-tests
	swift test -c release --skip-build --parallel

bench: dependencies
	@$(SWIFT_BUILD) --product drydock-bench
	@.build/release/drydock-bench

lint:
	@swift format lint --strict --parallel $(SOURCES)

format:
	@swift format --in-place --parallel $(SOURCES)

screenshots: test-dependencies build
	Scripts/screenshots.sh $(DRYDOCK)

# The build links libraries of the system that not every system has; what is installed has them in it.
install: dependencies
	@Scripts/link-archives.sh .build/archives
	@$(SWIFT_BUILD) --product drydock -Xlinker -L$(CURDIR)/.build/archives
	install -D -m 755 $(DRYDOCK) $(DESTDIR)$(PREFIX)/bin/drydock

# Writes the Swift types again from the compact table of Kubernetes' schema.
generate:
	swift run schema-generator generate \
		Sources/Cluster/KubeAPI/Schema/kubernetes-1.36.schema Sources/Cluster/KubeAPI/Generated

dependencies:
	@Scripts/install-dependencies.sh

test-dependencies:
	@Scripts/install-dependencies.sh test
