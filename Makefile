# Contact sets as code. A bare `make` explains the targets.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
  $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin
OLDEST := $(VENV)/oldest
PLOTS := $(VENV)/plots
# Named by a digest of all that it was made from and of the place of this checkout: paths stand in a venv's scripts.
SETUP := $(VENV)/.setup-$(shell { pwd; cat pyproject.toml requirements/*.txt scripts/pulumi_cli/*.py scripts/pulumi_cli/*/go.*; } | cksum | tr ' ' '-')

SEED ?= $(shell date +%s)

.DEFAULT_GOAL := help
.PHONY: help setup system-packages demo test test-long test-fast clients mutants bench bench-large lint docs lock clean

help: ## Explain the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## Make the venv in .venv, with a real Pulumi engine in .venv/bin
	@test -e $(SETUP) && $(BIN)/pulumi version >/dev/null 2>&1 || $(MAKE) --no-print-directory $(SETUP) --always-make

$(SETUP):
	@test -n "$(PYTHON)" || { echo "make setup: no Python 3.11 or newer is on PATH. Name one: make setup PYTHON=/path/to/python3.12" >&2; exit 1; }
	@command -v "$(PYTHON)" >/dev/null || { echo "make setup: there is no $(PYTHON). Name another: make setup PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "make setup: Python 3.11 or newer is needed, and $(PYTHON) is " + sys.version.split()[0] + ". Name another: make setup PYTHON=python3.12")'
	@$(PYTHON) -c 'import ensurepip, venv' || { echo "make setup: $(PYTHON) cannot make virtual environments. On Debian and Ubuntu, install python3-venv." >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV)
	@echo "setup: installing the locked packages"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements/lock.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@$(PYTHON) -m venv $(OLDEST)
	@echo "setup: installing the oldest Pulumi SDK that is supported, for the tests"
	@$(OLDEST)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements/oldest.txt
	@$(OLDEST)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@PYTHONPATH=scripts $(BIN)/python -m pulumi_cli.find $(BIN)
	@rm -f $(VENV)/.setup-*
	@touch $@

system-packages: ## Install what the tests use beside Python: PostgreSQL and Chromium (Debian and Ubuntu, as root)
	@scripts/system_packages.sh

demo: setup ## Show the main job on the emulator, from nothing
	@$(BIN)/python examples/demo.py

test: setup ## Run all tests, the real engine's among them, and check the coverage
	@$(BIN)/python -m pytest tests/exploration
	@$(BIN)/python -m pytest --cov --cov-report= -n 2 --dist loadfile \
	  --ignore=tests/engine --ignore=tests/exploration --ignore=tests/clients
	@$(BIN)/python -m pytest --cov --cov-report= --cov-append -n 2 --dist loadfile tests/engine
	@$(BIN)/coverage report --include='*/core/*' --fail-under=100
	@$(BIN)/coverage report --omit='*/core/*' --fail-under=90
	@scripts/clients.sh

test-long: setup ## Live 20,000 lives, explore two faults in a run, kill 60 runs, fuzz, try mutants (SEED=N does the same again)
	@echo "test-long: SEED=$(SEED)"
	@SINCH_TEST_LIVES=20000 SINCH_TEST_KILLS=60 SINCH_TEST_FAULTS=2,1 $(BIN)/python -m pytest -s \
	  --hypothesis-seed=$(SEED) tests/machine tests/exploration tests/engine/test_interruptions.py
	@$(BIN)/python -m pytest --hypothesis-seed=$(SEED) --hypothesis-profile=thorough -n 2 --dist loadfile \
	  tests/core tests/sources tests/api
	@$(MAKE) --no-print-directory mutants

test-fast: setup ## Run the tests that need no engine
	@$(BIN)/python -m pytest -n 2 --dist loadfile --ignore=tests/engine --ignore=tests/clients

clients: setup ## Run Sinch's own SDKs for Node and Java against the emulator, as far as they can be had
	@scripts/clients.sh

mutants: setup ## Change the rules of the core in one place at a time, and see that a test fails each time
	@PYTHONPATH=scripts $(BIN)/python -m mutants

bench: setup $(PLOTS) ## Measure every step at 1,000 to 100,000 contacts, beside the usual ways
	@$(BIN)/python -m benchmarks
	@$(PLOTS)/bin/python -m benchmarks.plots benchmarks/results/run.json

bench-large: setup $(PLOTS) ## Measure what needs no engine at 1,000,000 contacts
	@$(BIN)/python -m benchmarks --large
	@$(PLOTS)/bin/python -m benchmarks.plots benchmarks/results/large.json

$(PLOTS): requirements/bench.txt
	@$(PYTHON) -m venv --clear $@
	@$@/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements/bench.txt
	@touch $@

lint: setup ## Check style, types, layers and workflow files
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@MYPYPATH=scripts $(BIN)/mypy -p pulumi_cli -p mutants
	@MYPYPATH=.:provider $(BIN)/mypy -p benchmarks
	@$(BIN)/lint-imports
	@$(BIN)/check-jsonschema --builtin-schema vendor.github-workflows examples/gitops/.github/workflows/*.yml
	@$(BIN)/check-jsonschema --builtin-schema vendor.gitlab-ci examples/gitops/.gitlab-ci.yml

docs: setup ## Draw docs/lifecycle.md anew from the table of rules
	@$(BIN)/python scripts/lifecycle.py

lock: setup ## Pin all packages anew, with hashes
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	@$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-header --no-annotate --all-extras --group dev -o requirements/lock.txt pyproject.toml requirements/build.in
	@$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-header --no-annotate -o requirements/oldest.txt pyproject.toml requirements/build.in requirements/oldest.in
	@$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-header --no-annotate -o requirements/bench.txt requirements/bench.in

clean: ## Take away everything that was made here; the cached engine stays
	rm -rf $(VENV) .coverage .hypothesis .mypy_cache .pytest_cache .ruff_cache .import_linter_cache dist test-artefacts
