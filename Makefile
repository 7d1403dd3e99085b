# Thalweg: two commands do everything on a fresh machine with Python 3.11 or newer.
#
#   make lab     sets up .venv and opens the laboratory     (make lab ARGS=--no-browser prints its address)
#   make test    sets up what tests need and runs them all  (lint, types, front end, Python, browser)
#
# Nothing is installed again while pyproject.toml and the front end's sources stay the same.

SHELL := /bin/sh
VENV ?= .venv
BIN := $(VENV)/bin
ARGS ?=
WORKERS ?= 2
PYTHON ?= $(firstword $(foreach name,python3 python3.14 python3.13 python3.12 python3.11 python,\
	$(shell $(name) -c 'import sys; sys.version_info >= (3, 11) and print("$(name)")' 2>/dev/null)))

FRONTEND := $(shell find frontend -type f -not -path '*/node_modules/*' -not -path '*/.*' 2>/dev/null)
BUNDLE := src/thalweg/lab/static/lab.js
# pip decides by content whether the page is built again, make only whether to ask.
PACKAGE := pyproject.toml hatch_build.py scripts/frontend.py $(FRONTEND) $(if $(wildcard $(BUNDLE)),,bundle-is-missing)
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check

.PHONY: help lab test lint format types test-frontend browser test-python test-browser bench install clean bundle-is-missing

help:
	@sed -n '1,/^$$/s/^# \{0,1\}//p' Makefile

# ---------------------------------------------------------------------------------------------------- environments

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "thalweg: needs Python 3.11 or newer, and found none: install it, or name it as in 'make lab PYTHON=/path/to/python3'" >&2; exit 1; }
	@echo "== making $(VENV) with $(PYTHON)"
	@"$(PYTHON)" -m venv $(VENV) || { rm -rf $(VENV); echo "thalweg: $(PYTHON) cannot make a virtual environment: install its venv module (Debian: apt-get install python3-venv)" >&2; exit 1; }

# Dependency groups, in which the tools are listed, need pip 25.1.
$(VENV)/.pip: | $(BIN)/python
	@$(PIP) install --upgrade "pip>=25.1"
	@touch $@

$(VENV)/.lab: $(PACKAGE) | $(VENV)/.pip
	@echo "== installing Thalweg into $(VENV) (the first time takes a minute)"
	@$(PIP) install --editable .
	@touch $@

$(VENV)/.test: $(PACKAGE) | $(VENV)/.pip
	@echo "== installing Thalweg and what its tests need into $(VENV)"
	@$(PIP) install --editable . --group dev
	@touch $@ $(VENV)/.lab

$(VENV)/.bench: pyproject.toml | $(VENV)/.test
	@echo "== installing the peers that the benchmarks compare with"
	@$(PIP) install --group bench
	@touch $@

install: $(VENV)/.test

# ---------------------------------------------------------------------------------------------------- the laboratory

lab: $(VENV)/.lab
	@exec $(BIN)/thalweg $(ARGS)

# ---------------------------------------------------------------------------------------------------- the tests

# $(call stage,name,command,more arguments): says what runs; the first failure stops everything, by name.
define stage
	@printf '\n== %s: %s\n' '$(1)' '$(2)'
	@$(2) $(3) || { printf '\n== FAILED: %s\n' '$(1)' >&2; exit 1; }
endef

test:
	@$(MAKE) --no-print-directory $(VENV)/.test
	@$(MAKE) --no-print-directory lint
	@$(MAKE) --no-print-directory types
	@$(MAKE) --no-print-directory test-frontend
	@$(MAKE) --no-print-directory browser
	@$(MAKE) --no-print-directory test-python
	@$(MAKE) --no-print-directory test-browser
	@printf '\n== everything passed\n'

lint: $(VENV)/.test
	$(call stage,lint,$(BIN)/ruff check .)
	$(call stage,format,$(BIN)/ruff format --check .)

format: $(VENV)/.test
	$(call stage,format,$(BIN)/ruff format .)

types: $(VENV)/.test
	$(call stage,types,$(BIN)/pyright --pythonpath $(BIN)/python)

test-frontend: $(VENV)/.test
	$(call stage,front end,$(BIN)/python -m scripts.frontend lint typecheck test)

browser: $(VENV)/.test
	$(call stage,browser for the tests,$(BIN)/python -m scripts.chromium)

test-python: $(VENV)/.test
	$(call stage,Python,$(BIN)/python -m pytest -q -m "not browser" -n $(WORKERS),$(ARGS))

test-browser: $(VENV)/.test
	$(call stage,browser,$(BIN)/python -m pytest -q tests/browser,$(ARGS))

# ---------------------------------------------------------------------------------------------------- the benchmarks

bench: $(VENV)/.bench
	@$(BIN)/python -m benchmarks.run $(ARGS)

# ---------------------------------------------------------------------------------------------------- tidying up

clean:
	rm -rf $(VENV) build dist .pytest_cache .hypothesis .ruff_cache test-results frontend/node_modules src/thalweg/lab/static
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
