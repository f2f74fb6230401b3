# `make serve` and `make test` are all that a newcomer needs: they set up what they use. Python 3.11, venv and git.
.DEFAULT_GOAL := help
SHELL := /bin/bash
BIN := .venv/bin
COMPILE := $(BIN)/python -m piptools compile --quiet --upgrade --strip-extras --generate-hashes --allow-unsafe \
  --no-header --no-annotate --no-emit-index-url --no-emit-find-links --no-emit-trusted-host
SERVING := --extra build --extra embedded --extra granian --extra redis --extra telemetry
SCANNED := .venv/without-secrets
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
export TRADEFLOWS_HOME ?= $(CURDIR)/var

help: ## show what there is
	@sed -nE 's/^([a-z-]+):.*## (.*)/\1\t\2/p' Makefile | expand -t 12

serve: .venv/serving ## serve on 127.0.0.1:8000 with a PostgreSQL of its own and the demo; Ctrl-C stops it
	@exec $(BIN)/tradeflows serve

PYTEST = $(BIN)/python -m pytest --numprocesses=$(or $(JOBS),2) --dist=loadscope

test: .venv/installed ## run the tests and print the slowest; TESTS=path, those of it alone; JOBS=4, so many at a time
	$(PYTEST) --durations=50 $(TESTS)

test-quick: .venv/installed ## run the tests that start no process, need no other program and load no large data
	$(PYTEST) -m 'not process and not network_tools and not large' $(TESTS)

resilience: .venv/installed ## faults, overload and malformed input in full, into docs/explanation/resilience.md; SCENARIOS="name name"
	@$(BIN)/python -m tools.resilience_report $(SCENARIOS)

check: .venv/installed .venv/bill-checked ## format, lint, types, layers, secrets in files, the list of packages
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	@[ -e $(SCANNED) ] || touch -d 1970-01-02 $(SCANNED)
	find $$(git ls-files) -newer $(SCANNED) -print0 | xargs -0 -r $(BIN)/detect-secrets-hook --baseline .secrets.baseline
	@touch $(SCANNED)

audit: .venv/installed ## ask whether faults are known of the packages; needs the network
	$(BIN)/python tools/audit.py requirements.lock requirements-dev.lock

sbom: .venv/installed ## write the list of all packages that the service is made of, deploy/sbom.json
	$(BIN)/python tools/sbom.py

format: .venv/installed ## format the code, and mend what can be mended
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

openapi: .venv/installed ## write the description of the API anew, and say what in it breaks clients of the committed one
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

bench: .venv/installed ## measure speed beside other software, over 0.6 million figures, once; 4 minutes, needs wrk
	$(BENCH) seed --rows=40000 --reporters=3
	$(BENCH) queries $(call LOAD,1,1) --warm-up=1
	$(BENCH) exports --rounds=1
	$(BENCH) costs --rounds=1
	$(BENCH) report

bench-full: .venv/installed ## the same over 46 million, into docs/explanation/benchmarks.md; BENCH_HOME=folder (filled once), ROUNDS, SECONDS
	$(BENCH) seed
	$(BENCH) queries $(call LOAD,5,2)
	$(BENCH) exports
	$(BENCH) costs
	$(BENCH) sizes $(call LOAD,5,2)
	$(BENCH) load --rows=5000000
	$(BENCH) start
	$(BENCH) report --docs --command='make bench-full'

.PHONY: bench bench-full

install: .venv/serving ## make the environment that serves; what tests need comes with `make test`

# What serves is locked apart from what tests: a newcomer waits for the former only.
.venv/serving: requirements.lock pyproject.toml
	python3 -m venv .venv
	$(PIP) --require-hashes -r requirements.lock
	$(PIP) --no-deps --no-build-isolation -e .
	@touch $@

.venv/installed: .venv/serving requirements-dev.lock
	$(PIP) --require-hashes -r requirements-dev.lock
	@touch $@

.venv/bill-checked: requirements.lock pyproject.toml deploy/sbom.json tools/sbom.py | .venv/installed
	$(BIN)/python tools/sbom.py --check
	@touch $@

.PHONY: help serve test test-quick resilience check audit sbom format openapi lock install
