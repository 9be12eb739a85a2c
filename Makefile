# Needs only Python 3.11 or newer and make. `make up` starts a hub; `make help` lists the rest.
PYTHON := $(shell for each in python3.13 python3.12 python3.11 python3; do \
	if $$each -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then echo $$each; break; fi; done)
BIN := .venv/bin
STAMP := .venv/.made-from
.DEFAULT_GOAL := help
.PHONY: help setup up test check fix bench docs lock

help: ## what there is
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1 	/'

setup: $(STAMP) ## the environment, and Kafka's jars; re-used while the lock is unchanged
	@$(BIN)/python -c "from iochub.streams.broker.embedded import install; install()"

# The stamp is written last and holds the lock's checksum: an interrupted set-up starts over, an unchanged lock does not.
$(STAMP): requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is missing. Install it (Debian: apt install python3 python3-venv)." >&2; exit 1; }
	@if [ "$$(cat $(STAMP) 2>/dev/null)" != "$$(cksum < requirements.lock)" ]; then \
		echo "Setting up .venv with $(PYTHON): about 130 packages, a minute or two …"; \
		rm -f $(STAMP); \
		$(PYTHON) -m venv --clear .venv || { echo "The venv module is missing (Debian: apt install python3-venv)." >&2; exit 1; }; \
		$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock || exit 1; \
	fi
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@cksum < requirements.lock > $(STAMP)

up: setup ## the whole hub with a demo province that feeds itself; Ctrl-C stops everything
	@exec $(BIN)/iochub up --demo $(ARGS)

test: setup ## the whole test suite, on a real Kafka and a real ClickHouse engine
	@$(BIN)/python -m pytest $(ARGS)

check: setup ## format, lint, types, layers, then the tests: what CI runs
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m pytest $(ARGS)

fix: setup ## format and mend what can be mended
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

bench: setup ## measure speed and memory beside peers, into docs/benchmarks.md
	@$(BIN)/python tests/bench/run.py $(ARGS)

docs: setup ## write docs/reference.md from the declarations
	@$(BIN)/python -m iochub.cli.reference docs/reference.md

# Extras stay in the lock: without them pip takes the newest of a package that is only wanted with an extra, and refuses it.
lock: setup ## write requirements.lock anew from pyproject.toml, with every hash and no address
	@$(BIN)/uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --no-strip-extras \
		--generate-hashes --no-annotate --no-header --quiet --output-file requirements.lock $(ARGS)
