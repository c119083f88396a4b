# The pedal's workbench. Every target sets up what it needs by itself, and is quick the second time.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
VENV := .venv
BIN := $(VENV)/bin
PYTEST := $(BIN)/python -P -m pytest

.PHONY: help run setup dev test lint format bench pictures golden lock nspawn fresh kill-test fuzz clean

help: ## show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

run: $(VENV)/.use ## the pedal on the simulated board, a recording as the guitar, page on http://localhost:8080
	$(BIN)/pedal run --board sim --audio take --data .run

setup: $(VENV)/.use ## .venv/bin/pedal, ready to use

dev: $(VENV)/.dev ## the same and all tools and rigs of the tests

test: $(VENV)/.dev lint ## lint, types, import rules and all tests, with coverage
	rm -f .coverage .coverage.*
	$(BIN)/python -P -m coverage run -m pytest $(ARGS)
	$(BIN)/coverage combine -q
	$(BIN)/coverage report

lint: $(VENV)/.dev ## ruff, mypy strict, import rules
	$(BIN)/ruff check -q .
	$(BIN)/ruff format -q --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

format: $(VENV)/.dev ## let ruff put the code in order
	$(BIN)/ruff check -q --fix . || true
	$(BIN)/ruff format -q .

bench: $(VENV)/.dev ## measure: start-up, memory, block cost, losses, bytes written, the ear and its peers
	$(BIN)/python -m tests.bench $(ARGS)

pictures: $(VENV)/.dev ## make the README's pictures anew, from the running program
	$(BIN)/python -m tests.bench.pictures deploy/pictures

golden: $(VENV)/.dev ## write the display's golden pictures anew: look at them afterwards
	PEDAL_GOLDEN=write $(PYTEST) -q tests/pedal/test_pedal_screens.py

kill-test: $(VENV)/.dev ## kill -9 of everything, 100 times, in the middle of a session
	$(BIN)/python -m tests.bench kill $(ARGS)

fuzz: $(VENV)/.dev ## thousands of torn files through the readers of what should be played: make fuzz N=20000
	$(BIN)/python -m tests.dsp.fuzzed_targets $(or $(N),20000)

nspawn: ## build the amd64 root file system and boot it to READY in a container (root; several minutes cold)
	image/nspawn.sh

fresh: ## prove a target in a fresh Debian root (root): make fresh SUITE=bookworm TARGET=test; TARGET=install: the installer
	image/fresh-root.sh $(or $(SUITE),trixie) $(or $(TARGET),setup)

lock: $(VENV)/.uv ## compile both lock files anew from pyproject.toml
	$(BIN)/uv pip compile -q --universal --generate-hashes --no-header --python-version 3.11 --group build pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile -q --universal --generate-hashes --no-header --python-version 3.11 -c requirements.lock \
		--group build --group dev pyproject.toml -o requirements-dev.lock

clean: ## remove everything that these targets made, recordings of `make run` included
	rm -rf $(VENV) .rigs .run build dist out *.egg-info .coverage* htmlcov .mypy_cache .ruff_cache .pytest_cache \
		.hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/.uv: deploy/system-packages.sh
	deploy/system-packages.sh run
	test -x $(BIN)/python || python3 -m venv $(VENV)
	$(BIN)/python -m pip install -q --disable-pip-version-check 'uv>=0.5'
	touch $@

# Wheels only, every one checked against its hash; then this project itself, editable, without asking the network again.
$(VENV)/.use: $(VENV)/.uv requirements.lock pyproject.toml
	test -e $(VENV)/.dev || VIRTUAL_ENV=$(VENV) $(BIN)/uv pip install -q --require-hashes --compile-bytecode -r requirements.lock
	deploy/install-project.sh $(VENV)
	touch $@

$(VENV)/.dev: $(VENV)/.use requirements-dev.lock deploy/test-rigs.sh
	deploy/system-packages.sh test
	VIRTUAL_ENV=$(VENV) $(BIN)/uv pip install -q --require-hashes --compile-bytecode -r requirements-dev.lock
	deploy/test-rigs.sh
	touch $@
