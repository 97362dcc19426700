# The two commands: `make run` starts the assistant, `make test` tests it. Both install what they need first.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.PHONY: help run test lint bench fetch clean

BIN := .venv/bin
# What is installed depends on these; as long as they are older than the stamp, nothing is done.
INPUTS := pyproject.toml tools/bootstrap.sh
RECORDED = $(if $(AUDIO),--audio '$(AUDIO)')

help: ## list these commands
	@sed -nE 's/^([a-z]+):[^#]*## (.*)/make \1\t\2/p' Makefile | expand -t 14

run: .venv/.ready-run ## install what is missing and start the assistant
	@tools/fetch_model.sh
	@$(BIN)/cramp-assistant run

# Its hundred processes would each compile all of the sources, where the environment lets none keep them compiled.
test: .venv/.ready-test ## install what the tests need and run them
	@env -u PYTHONDONTWRITEBYTECODE $(BIN)/python -m pytest $(PYTEST)

lint: .venv/.ready-test ## check style, format and types
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

bench: .venv/.ready-test ## measure accuracy, speed and memory into docs/; AUDIO=FOLDER: also on recordings
	@missed=0; \
	$(BIN)/cramp-assistant bench --docs docs $(RECORDED) || missed=1; \
	$(BIN)/python -m assistant.bench.echo --docs docs || missed=1; \
	$(BIN)/python -m assistant.bench.barge --docs docs $(RECORDED) || missed=1; \
	$(BIN)/python -m assistant.bench.claps --docs docs $(RECORDED) || missed=1; \
	$(BIN)/python -m assistant.bench.decade --docs docs || missed=1; \
	KILLS=200 $(BIN)/python -m pytest -q -s tests/runtime/test_kills.py tests/journal/test_store.py || missed=1; \
	CRAMP_HOTPLUG_CYCLES=50 $(BIN)/python -m pytest -q -s tests/sound/test_stream.py -k comes_and_goes || missed=1; \
	exit $$missed

fetch: .venv/.ready-run ## fetch the recognizer's model now
	@$(BIN)/cramp-assistant models fetch

clean: ## remove what these commands made here
	rm -rf .venv build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Test requirements include those for running.
.venv/.ready-run: $(INPUTS)
	@tools/bootstrap.sh run
	@touch $@

.venv/.ready-test: $(INPUTS)
	@tools/bootstrap.sh test
	@touch $@ .venv/.ready-run
