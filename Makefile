# Everything a newcomer needs: `make demo` and `make test` set themselves up from nothing but Python and make.
PYTHON ?= python3
VENV := .venv
ifeq ($(OS),Windows_NT)
BIN := $(VENV)/Scripts
else
BIN := $(VENV)/bin
endif
READY := $(VENV)/.ready

.PHONY: demo test check bench proof torture coverage mutation conformance lock clean

demo: $(READY)
	$(BIN)/glassmaster demo demo

test: $(READY)
	$(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder $(PYTEST)

check: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# Peers live apart, so that what they need never moves what is locked; without a network they are named as missing.
bench: $(READY)
	$(BIN)/python -m venv $(VENV)/bench
	-$(VENV)/bench/$(notdir $(BIN))/python -m pip install -q --upgrade "pip>=25.1"
	-$(VENV)/bench/$(notdir $(BIN))/python -m pip install -q --group bench
	$(BIN)/python -m tests.benchmarks

proof: $(READY)
	$(BIN)/python -m tests.proofs $(PROOF)

# Takes hours, can be stopped and taken up again; TORTURE="kills faults" runs those only.
torture: $(READY)
	$(BIN)/python -m tests.torture $(TORTURE)

# COVERAGE="tests/core/test_store.py ..." covers those tests only.
coverage: $(READY)
	$(BIN)/python -m tests.coverage_page $(COVERAGE)

# MUTATION="names.py 40" tries 40 mutants of that module only.
mutation: $(READY)
	$(BIN)/python -m tests.mutation $(MUTATION)

conformance: $(READY)
	$(BIN)/python -m tests.conformance_support

lock: $(READY)
	$(BIN)/python -m pip install -q uv
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
		--group dev pyproject.toml -o requirements.lock

clean:
	rm -rf $(VENV) demo .mypy_cache .ruff_cache .pytest_cache

$(READY): requirements.lock pyproject.toml
	$(PYTHON) -c "import sys; sys.version_info >= (3, 11) or sys.exit('glassmaster needs Python 3.11 or newer, this is ' + sys.version)"
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	$(BIN)/python -c "import pathlib; pathlib.Path('$(READY)').touch()"
