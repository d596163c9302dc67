# `make help` lists what there is. Targets set themselves up: all they need is Python 3.11 or newer
# with venv, and a package index.

VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
# More processes than cores: half of what tests do is to wait for servers, browsers and compilers.
# They take whole files, in the order that tests/conftest.py gives them.
PYTEST := $(BIN)/python -m pytest --numprocesses 4 --dist loadfile --no-loadscope-reorder
EXAMPLES := $(sort $(dir $(wildcard examples/*/pyproject.toml)))

.DEFAULT_GOAL := test
.PHONY: help demo board test types code fast setup format clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' Makefile

demo: $(STAMP) ## Serve the counter example
	@cd examples/counter && ../../$(BIN)/starmodel run

board: $(STAMP) ## Serve the board on three nodes, to kill one and watch
	@cd examples/board && ../../$(BIN)/python nodes.py

test: $(STAMP) ## Check everything: format, lint, types, imports, examples, all tests (the default)
	@$(MAKE) --no-print-directory --jobs 2 types code
	$(PYTEST)

# The type checker takes a minute on one core: the other one checks the rest meanwhile.
types: $(STAMP)
	$(BIN)/pyright --pythonpath $(BIN)/python

code: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/black --check .
	$(BIN)/black --check --config examples/counter/pyproject.toml \
		examples/*/*/generated examples/*/migrations
	@for example in $(EXAMPLES); do \
		echo "starmodel generate --check and migrate check in $$example"; \
		(cd $$example && ../../$(BIN)/starmodel generate --check \
			&& ../../$(BIN)/starmodel migrate check) || exit; \
	done

fast: $(STAMP) ## Run the tests that need no server, browser, type checker or network
	$(PYTEST) -m "not slow"

setup: $(STAMP) ## Make the virtual environment that all targets use

format: $(STAMP) ## Fix what ruff can fix, and format with black
	$(BIN)/ruff check --fix .
	$(BIN)/black .

clean: ## Remove the virtual environment
	rm -rf $(VENV)

$(STAMP): pyproject.toml runtime/pyproject.toml
	@python=; \
	for candidate in python3.13 python3.12 python3.11 python3 python; do \
		if $$candidate -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; \
		then python=$$candidate; break; fi; \
	done; \
	if [ -z "$$python" ]; then \
		echo "StarModel needs Python 3.11 or newer, with venv." >&2; \
		echo "On Debian or Ubuntu: apt-get install python3 python3-venv" >&2; \
		exit 1; \
	fi; \
	[ -x $(BIN)/python ] || $$python -m venv $(VENV)
	@echo "Installing into $(VENV) (once; a minute or two)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check \
		--editable ./runtime --editable '.[dev]'
	@touch $(STAMP)
