# The only entry: everything a newcomer, a reviewer or CI does is a target here.
# `make` alone lists the targets. PYTHON=… picks the interpreter for the virtual environment.

SHELL := /bin/sh
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
# Some images tell Python to keep no bytecode: then each of the product's processes would compile it anew.
export PYTHONDONTWRITEBYTECODE :=

VENV := .venv
BIN := $(VENV)/bin
RUN_STAMP := $(VENV)/.installed-run
DEV_STAMP := $(VENV)/.installed-dev
BENCH_STAMP := $(VENV)/.installed-bench
CANDIDATES := $(PYTHON) python3.11 python3.12 python3.13 python3 python3.14 python
PIP_INSTALL := $(BIN)/python -m pip install --quiet --quiet --disable-pip-version-check

.PHONY: help run test nightly lint bench clean lock

help: ## list what can be done (this)
	@echo "Synerity Support for monday.com"
	@echo
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1|\2/p' Makefile | \
	  while IFS='|' read -r target words; do printf '%-14s %s\n' "$$target" "$$words"; done

run: $(RUN_STAMP) ## start the whole product with a local monday.com, and show what to open; Ctrl-C stops it
	@exec $(BIN)/python -m local $(ARGS)

# Four processes also on two cores: many tests wait for others; with six it takes longer. A file stays in
# one, so that what its tests share is started once; the slow ones come first, lest one be left alone at the end.
test: $(DEV_STAMP) ## run every test (ARGS="-k words" picks some)
	@exec $(BIN)/python -m pytest -n 4 --dist loadfile --no-loadscope-reorder $(ARGS)

nightly: $(DEV_STAMP) ## play 2 000 new stories of people, weather and crashes, of each kind: an hour or so
	@exec env HYPOTHESIS_PROFILE=nightly $(BIN)/python -m pytest -n 2 --dist loadfile $(ARGS) \
	  tests/journeys/test_the_boards_converge.py tests/faults/test_the_boards_converge_in_storms.py \
	  tests/faults/test_crash_points.py tests/conformance/test_any_document.py

lint: $(DEV_STAMP) ## check style, types and the direction of imports
	@echo "ruff: style"
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@echo "mypy: types"
	@$(BIN)/mypy
	@echo "import-linter: direction of imports"
	@$(BIN)/lint-imports --config import_contracts.toml

bench: $(BENCH_STAMP) ## measure against ceilings and print the ratios (ARGS="intake" picks some)
	@exec $(BIN)/python -m bench $(ARGS)

clean: ## stop what runs and forget its state (var/)
	@if [ -x $(BIN)/python ]; then $(BIN)/python -m local --stop; fi
	@rm -rf var
	@echo "var/ is gone: the next make run starts anew."

lock: $(DEV_STAMP) ## resolve requirements/*.in into requirements/*.lock (ARGS=--upgrade takes the newest)
	@echo "Resolving requirements …"
	@cd requirements && UV_CUSTOM_COMPILE_COMMAND="make lock" \
	  ../$(BIN)/uv pip compile --quiet --no-strip-extras $(ARGS) --universal --generate-hashes --python-version 3.11 \
	  --no-emit-index-url --output-file run.lock run.in
	@cd requirements && UV_CUSTOM_COMPILE_COMMAND="make lock" \
	  ../$(BIN)/uv pip compile --quiet --no-strip-extras $(ARGS) --universal --generate-hashes --python-version 3.11 \
	  --no-emit-index-url --constraint run.lock --output-file dev.lock dev.in
	@cd requirements && UV_CUSTOM_COMPILE_COMMAND="make lock" \
	  ../$(BIN)/uv pip compile --quiet --no-strip-extras $(ARGS) --universal --generate-hashes --python-version 3.11 \
	  --no-emit-index-url --constraint run.lock --output-file bench.lock bench.in

# The environment is made once, and made up to date whenever a lock changes.
$(BIN)/python:
	@for candidate in $(CANDIDATES); do \
	  if "$$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then \
	    found="$$candidate"; break; \
	  fi; \
	done; \
	if [ -z "$$found" ]; then \
	  echo "No Python 3.11 or newer was found (tried: $(strip $(CANDIDATES)))." >&2; \
	  echo "Install one, or name yours: make run PYTHON=/path/to/python3.11" >&2; \
	  exit 1; \
	fi; \
	if ! "$$found" -c 'import ensurepip, venv' >/dev/null 2>&1; then \
	  echo "$$found can't make virtual environments: its venv module is not installed." >&2; \
	  echo "On Debian and Ubuntu: apt-get install python3-venv" >&2; \
	  exit 1; \
	fi; \
	echo "Making the virtual environment ($$("$$found" --version)) …"; \
	"$$found" -m venv $(VENV) || { rm -rf $(VENV); exit 1; }

$(RUN_STAMP): requirements/run.lock pyproject.toml | $(BIN)/python
	@echo "Installing what the product needs (requirements/run.lock) …"
	@$(PIP_INSTALL) --require-hashes -r requirements/run.lock
	@$(PIP_INSTALL) --no-deps --no-build-isolation -e .
	@touch $@

$(DEV_STAMP): requirements/dev.lock pyproject.toml | $(BIN)/python
	@echo "Installing what tests and checks need (requirements/dev.lock) …"
	@$(PIP_INSTALL) --require-hashes -r requirements/dev.lock
	@$(PIP_INSTALL) --no-deps --no-build-isolation -e .
	@touch $@

# One of the peers comes as source only, and is built with what is installed by then.
$(BENCH_STAMP): requirements/bench.lock $(DEV_STAMP)
	@echo "Installing what the benches compare with (requirements/bench.lock) …"
	@$(PIP_INSTALL) --no-build-isolation --require-hashes -r requirements/bench.lock
	@touch $@
