# `make serve` and `make test` install what they need. Requires Python 3.11, venv and git.
.DEFAULT_GOAL := help
SHELL := /bin/bash
BIN := .venv/bin
COMPILE := $(BIN)/python -m piptools compile --quiet --upgrade --strip-extras --generate-hashes --allow-unsafe \
  --no-header --no-annotate --no-emit-index-url --no-emit-find-links --no-emit-trusted-host
SERVING := --extra build --extra charts --extra granian --extra redis --extra telemetry
SCANNED := .venv/without-secrets
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
export TRADEFLOWS_HOME ?= $(CURDIR)/var

help: ## list the targets
	@sed -nE 's/^([a-z-]+):.*## (.*)/\1\t\2/p' Makefile | expand -t 12

serve: .venv/serving ## serve the demo on 127.0.0.1:8000 with an embedded PostgreSQL; Ctrl-C stops it
	@echo "Starting PostgreSQL and the service. The data are in $(TRADEFLOWS_HOME)."
	@exec $(BIN)/tradeflows serve

# In the order of the folders: xdist would run modules with one long test last, while the other process is idle.
PYTEST = $(BIN)/python -m pytest --numprocesses=$(or $(JOBS),2) --dist=loadscope --no-loadscope-reorder

test: .venv/installed ## run the tests and list the slowest; TESTS=path selects tests, JOBS=4 sets the processes
	$(PYTEST) --durations=50 $(TESTS)

test-quick: .venv/installed ## run the tests without processes, other programs, large data and the rules of Citus
	CHECK_STATEMENTS=no $(PYTEST) -m 'not process and not network_tools and not large' $(TESTS)

resilience: .venv/installed ## inject faults and write docs/explanation/resilience.md; SCENARIOS="name name"
	@$(BIN)/python -m tests.support.faults.resilience_report $(SCENARIOS)

clients: .venv/installed ## run the published clients and write docs/reference/clients.md
	@WRITE_CLIENTS_PAGE=yes $(BIN)/python -m pytest -q -m client

check: .venv/installed .venv/bill-checked ## check format, lint, types, import layers, conflict markers, secrets and the SBOM
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	! git grep --line-number --extended-regexp '^(<{7}|>{7}) '
	@[ -e $(SCANNED) ] || touch -d 1970-01-02 $(SCANNED)
	find $$(git ls-files) -newer $(SCANNED) -print0 | xargs -0 -r $(BIN)/detect-secrets-hook --baseline .secrets.baseline
	@touch $(SCANNED)

audit: .venv/installed ## check the packages for known vulnerabilities; needs the network
	$(BIN)/python tools/audit.py requirements.lock requirements-dev.lock

sbom: .venv/installed ## write the software bill of materials, deploy/sbom.json
	$(BIN)/python tools/sbom.py

format: .venv/installed ## format the code and apply automatic fixes
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

openapi: .venv/installed ## write openapi/v1.json and list its incompatible changes
	$(BIN)/tradeflows openapi --output openapi/v1.json
	@git show HEAD:openapi/v1.json >.venv/committed.json 2>/dev/null || cp openapi/v1.json .venv/committed.json
	@$(BIN)/python tools/breaking.py .venv/committed.json openapi/v1.json || true

lock: ## lock the newest versions that pyproject.toml allows, with hashes
	python3 -m venv .venv && $(BIN)/python -m pip install --quiet --disable-pip-version-check pip-tools hatchling
	$(COMPILE) $(SERVING) -o requirements.lock pyproject.toml
	$(COMPILE) $(SERVING) --extra dev -o requirements-dev.lock pyproject.toml
	@echo 'Now: make sbom audit'

BENCH = BENCH_HOME=$(or $(BENCH_HOME),$(CURDIR)/var/$@) $(BIN)/python -m bench
LOAD = --rounds=$(or $(ROUNDS),$(1)) --seconds=$(or $(SECONDS),$(2))

bench: .venv/installed ## compare with other software, 0.6 million figures, 4 minutes; needs wrk
	$(BENCH) seed --rows=40000 --reporters=3
	$(BENCH) queries $(call LOAD,1,1) --warm-up=1
	$(BENCH) exports --rounds=1
	$(BENCH) costs --rounds=1
	$(BENCH) report

bench-full: .venv/installed ## the same with 46 million, into docs/explanation/benchmarks.md; BENCH_HOME=folder, ROUNDS, SECONDS
	$(BENCH) seed
	$(BENCH) queries $(call LOAD,5,2)
	$(BENCH) exports
	$(BENCH) costs
	$(BENCH) sizes $(call LOAD,5,2)
	$(BENCH) load --rows=5000000
	$(BENCH) start
	$(BENCH) report --docs --command='make bench-full'

.PHONY: bench bench-full

install: .venv/serving ## install the packages of the service into .venv

# The packages of the service have a lock file of their own, so that `make serve` does not wait for those of the tests.
.venv/serving: requirements.lock pyproject.toml
	@echo "Installing the packages of requirements.lock into .venv. The first time takes a minute or two."
	@python3 -m venv .venv
	@$(PIP) --require-hashes -r requirements.lock
	@$(PIP) --no-deps --no-build-isolation -e .
	@touch $@

.venv/installed: .venv/serving requirements-dev.lock
	@echo "Installing the packages of the tests (requirements-dev.lock) into .venv."
	@$(PIP) --require-hashes -r requirements-dev.lock
	@touch $@

.venv/bill-checked: requirements.lock pyproject.toml deploy/sbom.json tools/sbom.py | .venv/installed
	$(BIN)/python tools/sbom.py --check
	@touch $@

.PHONY: help serve test test-quick resilience clients check audit sbom format openapi lock install
