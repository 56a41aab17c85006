# Two commands matter: `make demo` runs it, `make test` proves it. Rust and Node are expected to be
# there; what else is missing is installed, or named.

CARGO ?= cargo
NPM ?= npm
# Linters that are not part of Rust are kept in the project, in the versions it was checked with.
TOOLS := target/tools/bin
DENY := $(TOOLS)/cargo-deny
DENY_VERSION := 0.20.2
MACHETE := $(TOOLS)/cargo-machete
MACHETE_VERSION := 0.9.2

# Tests that do not come near the database, or reach it only the way that others do: they are not run
# a second time, on PostgreSQL.
SAME_ON_EITHER := architecture browser_api browser_audit browser_clusters browser_groups browser_hierarchy \
	browser_live browser_members browser_plain browser_previews browser_privileges browser_relations browser_sign_in \
	browser_tokens browser_tour client contract fuzz generated_client harness openapi

# What npm writes last: its age says whether the files there are those the lock file names.
PAGE_FILES := node_modules/.package-lock.json

.DEFAULT_GOAL := help
.PHONY: help demo test build bench fmt lint clean compiler chromium pymacaroons schemathesis

help: ## Say what can be made
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 8

# The development profile, because a first page should not wait for a fat-LTO release build (several
# minutes on two cores). What is slow without optimisation is optimised in it all the same: see
# [profile.dev.package.*] in Cargo.toml. It also shares its artefacts with `make test`.
demo: compiler $(PAGE_FILES) ## Serve a made-up research organisation on this machine
	$(CARGO) run --locked -- demo

test: compiler chromium pymacaroons schemathesis $(PAGE_FILES) ## Check the style, lint, and run every test, a real browser included
	$(CARGO) fmt --check
	$(CARGO) fmt --check --manifest-path benches/anchors/Cargo.toml
	$(CARGO) clippy --locked --all-targets -- -D warnings
	$(CARGO) test --locked
	scripts/with-postgres $(CARGO) test --locked --test it -- --include-ignored \
		$(SAME_ON_EITHER:%=--skip %::)

build: compiler $(PAGE_FILES) ## Leave a release build in target/release/onepanel
	$(CARGO) build --release --locked

# What the panel is compared with is a package of its own: see benches/anchors.
bench: compiler $(PAGE_FILES) ## Measure what has a target; the results are in target/bench.json
	@rm -f target/bench.json
	scripts/with-postgres $(CARGO) bench --locked --bench '*'
	cd benches/anchors && ONEPANEL_TEST_POSTGRES_BUFFERS=1GB \
		../../scripts/with-postgres $(CARGO) bench --locked
	@node -e 'console.table(require("./target/bench.json"))'

fmt: ## Format the Rust
	$(CARGO) fmt
	$(CARGO) fmt --manifest-path benches/anchors/Cargo.toml

lint: $(DENY) $(MACHETE) ## Check the dependencies: licences, sources, duplicates, unused ones
	@# cargo-deny looks at every system's crates; once they are here, it needs no network.
	$(CARGO) fetch --locked --quiet
	$(CARGO) fetch --locked --quiet --manifest-path benches/anchors/Cargo.toml
	$(DENY) --offline check bans licenses sources
	$(MACHETE) .

clean: ## Remove everything that was built or installed here
	$(CARGO) clean
	rm -rf node_modules

compiler:
	@scripts/ensure-compiler

chromium:
	@scripts/ensure-chromium

pymacaroons:
	@scripts/ensure-pymacaroons

schemathesis:
	@scripts/ensure-schemathesis

$(PAGE_FILES): package.json package-lock.json
	$(NPM) ci
	@touch $@

$(DENY):
	@echo "cargo-deny $(DENY_VERSION) is missing: building it into target/tools, once"
	$(CARGO) install --locked --root target/tools cargo-deny --version $(DENY_VERSION)

$(MACHETE):
	@echo "cargo-machete $(MACHETE_VERSION) is missing: building it into target/tools, once"
	$(CARGO) install --locked --root target/tools cargo-machete --version $(MACHETE_VERSION)
