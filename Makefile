# `make run` and `make test` are all that is needed on a fresh machine with Python 3.11 or newer, make and git.
# The distribution's own Python comes first, when it is new enough and complete: it is built with optimisations that a
# self-built one usually lacks, and makes a page in three quarters of the time. `make PYTHON=…` chooses another.
USABLE := import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell /usr/bin/python3 -c '$(USABLE)' 2>/dev/null && echo /usr/bin/python3 || echo python3)
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.setup-stamp
PORT ?= 8000
export PORT

.PHONY: help run test setup assets catalogues lint bench load clean translations
help:  ## show this list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

$(STAMP): requirements.txt requirements-dev.txt
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing what Techfinder is built on …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

# Among what was compiled, so that it goes with it: the engine's kernels are compiled again when one of its files is newer.
COMPILED := techfinder/matching/__pycache__/.compiled
$(COMPILED): $(STAMP) $(wildcard techfinder/matching/*.py techfinder/matching/data/*)
	@$(BIN)/python -m techfinder.matching.compiling
	@touch $@

setup: assets catalogues $(COMPILED)  ## environment, front-end assets, translations, compiled kernels

assets: $(STAMP)
	@$(BIN)/python -m techfinder.core.assets

catalogues: $(STAMP)
	@$(BIN)/python -m techfinder.core.catalogues

translations: setup  ## bring the English texts up to date with the Dutch; says what still has to be translated
	@$(BIN)/python -m techfinder.core.catalogues extract

run: setup  ## the whole thing, with demo data, on port 8000
	@$(BIN)/python -m techfinder.core.serve

lint: $(STAMP)  ## ruff and mypy
	@$(BIN)/ruff check .
	@$(BIN)/mypy

test:  ## every test, on SQLite and on PostgreSQL
	@$(MAKE) --no-print-directory --jobs 2 setup lint
	@$(BIN)/python -m tests.run

bench: setup  ## measure speed and memory (SIZES="50000" for chosen sizes)
	@$(BIN)/python -m tests.benchmarks.run

load: setup  ## many people at once, on the real processes, on both databases (LOAD="--database sqlite --seconds 20")
	@$(BIN)/python -m tests.benchmarks.load $(LOAD)

clean:  ## remove what setup made; data in var/ stays
	rm -rf $(VENV) node_modules static/vendor
