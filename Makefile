# make report   sets up an environment of its own and runs the main job to a report one can open
# make test     sets up and passes lint, types and tests
# make test-fast  lint, types and the tests that take a second each, for the inner loop
# make soak  kills, damaged workbooks and planted faults by the hundred (hours); SEED=N draws others
# make simulate runs the simulation study again and writes docs/simulation.md
# make bench    measures ours against its peers and writes test-output/benchmarks.md
# make ui       opens the Dagster UI on 127.0.0.1

PYTHON ?= python3
PORT ?= 3000
UV := 0.13.9
BIN := .venv/bin
INSTALL = $(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python

export OIB_DATA ?= $(CURDIR)/data
export DAGSTER_HOME ?= $(abspath $(OIB_DATA))/dagster
# matrices here are small: waking threads for them costs more than it saves
export OPENBLAS_NUM_THREADS ?= 1

.PHONY: report test test-fast soak lint types tests browser ui simulate bench sample lock clean help

report: .venv/ready
	@$(BIN)/oib refresh

test: lint types tests

lint: .venv/ready-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/ready-dev
	$(BIN)/mypy

tests: .venv/ready-dev browser
	$(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder

FAST := $(addprefix oib_pipeline_tests/,test_architecture.py contract registry study warehouse \
	estimation/test_estimation_twfe.py estimation/test_estimation_events.py \
	estimation/test_estimation_refusals.py indices/test_indices_structure.py \
	indices/test_indices_table.py extract/test_extract_grammar.py extract/test_extract_values.py \
	extract/test_extract_units.py report/test_report_numbers.py report/test_report_numbering.py)

test-fast: lint types
	$(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder $(FAST)

SEED ?= 20140311
SOAK ?= 100
soak: .venv/ready-dev
	OIB_SOAK=$(SOAK) OIB_SEED=$(SEED) $(BIN)/pytest -n 2 oib_pipeline_tests/failures \
		oib_pipeline_tests/extract/test_extract_mutations.py
	$(BIN)/python -m oib_pipeline_tests.planted --raw data/raw --study relocation_2014 \
		--each $(SOAK) --seed $(SEED)
	$(MAKE) simulate

# The system's own package, for the tests that open pages; where it cannot be had they skip.
browser:
	@for name in chromium chromium-browser google-chrome; do \
		command -v $$name >/dev/null && exit 0; \
	done; \
	command -v apt-get >/dev/null || exit 0; \
	root=; [ "$$(id -u)" = 0 ] || { sudo -n true 2>/dev/null && root=sudo; } || exit 0; \
	echo "Installing Chromium for the tests that open pages (once)"; \
	timeout 120 $$root apt-get -qq update >/dev/null 2>&1; \
	DEBIAN_FRONTEND=noninteractive timeout 300 $$root apt-get -qq install -y \
		--no-install-recommends chromium >/dev/null 2>&1 || \
		echo "It could not be installed: the tests that open pages will skip"

ui: .venv/ready
	@$(BIN)/python -c 'import sys, pathlib; from oib_pipeline.client.runs import prepare_home; prepare_home(pathlib.Path(sys.argv[1]))' $(DAGSTER_HOME)
	@$(BIN)/dagster dev --host 127.0.0.1 --port $(PORT)

simulate: .venv/ready
	$(BIN)/python -m oib_pipeline.estimation.simulation --out docs/simulation.md

bench: .venv/ready-dev
	$(BIN)/python -m oib_pipeline_tests.benchmarks --out test-output/benchmarks.md

sample: .venv/ready
	$(BIN)/python -m oib_pipeline.synthetic.release --out data/raw

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
