# `make help` lists the targets. Everything runs inside .venv, which `make setup` builds.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
# Tests wait for processes more than they compute: one more worker than a small machine has cores.
TEST_WORKERS ?= 3

.DEFAULT_GOAL := help
.PHONY: help setup run unplug plug dunning check lint types test browser databases tryton soak bench peers screenshots bundle clean

help:  ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):[^#]*## */  make \1\t/' | expand -t 22

## -- every day ------------------------------------------------------------------------------
setup: $(STAMP)  ## make .venv and install what requirements.txt pins

$(STAMP): requirements.txt constraints.txt
	$(PYTHON) -c 'import sys; sys.exit("Recaudo needs Python 3.11 or newer") if sys.version_info < (3, 11) else None'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade pip
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt -c constraints.txt
	touch $(STAMP)

run: setup  ## the demo company on the embedded database, every process, until Ctrl-C
	$(BIN)/python -m backend.demo run

unplug: setup  ## take the network away from a running demo: the phones go on working
	$(BIN)/python -m backend.demo unplug

plug: setup  ## give it back
	$(BIN)/python -m backend.demo plug

dunning: setup  ## send the demo's dunning e-mails now instead of at nine
	$(BIN)/python -m backend.demo job dunning

## -- proof ----------------------------------------------------------------------------------
check: lint types  ## lint and types

lint: setup
	$(BIN)/ruff check .

types: setup
	$(BIN)/mypy

test: setup browser databases tryton peers  ## all tests but the slow ones
	$(BIN)/python -m pytest -rs -m "not slow" -n $(TEST_WORKERS) --dist worksteal

browser:
	@sh tests/support/ensure_chromium.sh

databases:
	@sh tests/support/ensure_databases.sh

tryton: setup
	@sh tests/support/install_tryton.sh

soak: setup browser databases tryton peers  ## the slow tests: full sweeps and night profiles
	$(BIN)/python -m pytest -m slow

## -- peers and figures ------------------------------------------------------------------------
peers:  ## Node peers (PouchDB, pouchdb-server, nano) for conformance and bench
	@sh tests/support/install_peers.sh

bench: setup peers  ## figures beside their peers, one table and one JSON line
	$(BIN)/python -m bench

screenshots: setup browser  ## pictures of both apps into docs/images
	$(BIN)/python -m tests.e2e.screenshots

bundle: setup  ## what `flet build apk build/app` takes onto a phone
	$(BIN)/python -m flet_app.bundle build/app

clean:  ## remove what was built, but not data in var/
	rm -rf build $(VENV) .pytest_cache .mypy_cache .ruff_cache
