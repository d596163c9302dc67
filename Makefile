# `make demo` serves the counter example; `make test` checks everything.
# Both set themselves up: all they need is Python 3.11 or newer with venv, and a package index.

VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
EXAMPLES := $(sort $(dir $(wildcard examples/*/pyproject.toml)))

.DEFAULT_GOAL := test
.PHONY: demo test setup format clean

demo: $(STAMP)
	@cd examples/counter && ../../$(BIN)/starmodel run

test: $(STAMP)
	$(BIN)/black --check .
	$(BIN)/black --check --config examples/counter/pyproject.toml \
		examples/*/*/generated examples/*/migrations
	$(BIN)/ruff check .
	$(BIN)/pyright --pythonpath $(BIN)/python
	$(BIN)/lint-imports
	@for example in $(EXAMPLES); do \
		echo "starmodel generate --check and migrate check in $$example"; \
		(cd $$example && ../../$(BIN)/starmodel generate --check \
			&& ../../$(BIN)/starmodel migrate check) || exit; \
	done
	$(BIN)/python -m pytest --numprocesses auto --maxprocesses 4 --dist loadfile

setup: $(STAMP)

format: $(STAMP)
	$(BIN)/ruff check --fix .
	$(BIN)/black .

clean:
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
