# make report   sets up an environment of its own and runs the main job to a report one can open
# make test     sets up and passes lint, types and tests
# make simulate runs the simulation study again and writes docs/simulation.md
# make bench    measures ours against its peers and writes test-output/benchmarks.md
# make ui       opens the Dagster UI on 127.0.0.1

PYTHON ?= python3
PORT ?= 3000
UV := 0.13.9
BIN := .venv/bin
INSTALL = $(BIN)/uv pip install --quiet --python $(BIN)/python

export DAGSTER_HOME := $(CURDIR)/data/dagster
export OIB_DATA := $(CURDIR)/data
# matrices here are small: waking threads for them costs more than it saves
export OPENBLAS_NUM_THREADS ?= 1

.PHONY: report test lint types tests ui simulate bench sample lock clean help

report: .venv/ready
	@$(BIN)/oib refresh

test: lint types tests

lint: .venv/ready-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/ready-dev
	$(BIN)/mypy

tests: .venv/ready-dev
	$(BIN)/pytest

ui: .venv/ready
	$(BIN)/dagster dev --host 127.0.0.1 --port $(PORT)

simulate: .venv/ready
	$(BIN)/python -m oib_pipeline.estimation.simulate --out docs/simulation.md

bench: .venv/ready-dev
	$(BIN)/python -m oib_pipeline_tests.benchmarks --out test-output/benchmarks.md

sample: .venv/ready
	$(BIN)/python -m oib_pipeline.sample.write --out data/raw

lock: .venv/ready-dev
	$(BIN)/uv pip compile -q --universal --generate-hashes --no-header --python-version 3.11 \
		pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile -q --universal --generate-hashes --no-header --python-version 3.11 \
		--group dev pyproject.toml -o requirements-dev.lock

clean:
	rm -rf .venv data/warehouse data/reports data/quality

help:
	@sed -n 's/^# make /make /p' Makefile

# uv does not read pip's own settings of an index: where it fails, pip takes the same lockfile.
.venv/ready: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; set PYTHON=")'
	@echo "Setting up .venv (once; about a minute)"
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV)
	@$(INSTALL) --require-hashes -r requirements.lock || \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.lock
	@$(INSTALL) --no-deps --editable . || \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $@

.venv/ready-dev: .venv/ready requirements-dev.lock
	@$(INSTALL) --require-hashes -r requirements-dev.lock || \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.lock
	@touch $@
