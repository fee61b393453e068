# Everything runs from this folder with .venv/bin/python; only python3 (3.11 or newer) and make are needed.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/ready
BOTH_CORES := --numprocesses 2 --dist loadfile
# Written when some tests failed and pytest itself came to its end: only then may what failed be tried again by itself.
SOME_FAILED := .venv/some-tests-failed
OR_SAY_SO := || { code=$$?; [ $$code -ne 1 ] || touch $(SOME_FAILED); exit $$code; }
HOW := $(if $(AGAIN),--last-failed --last-failed-no-failures none,$(BOTH_CORES))

.PHONY: help setup demo test bench check lint broker database stop up down docs lock token

help: ## this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /\1\t/' | expand -t 12

setup: $(READY) ## make .venv with every dependency, by hash (quick when nothing changed)
	@echo "setup: .venv is ready"

$(READY): requirements-dev.lock deploy/laptop/new_venv.sh
	@bash deploy/laptop/new_venv.sh $(PYTHON) >&2

demo: $(READY) ## play a programme year and show the ward table (ONCE=1: end by itself)
	@$(BIN)/python -m deploy.laptop demo $(if $(ONCE),--once)

test: $(READY) ## the whole test suite (AGAIN=1: only what failed last)
	@rm -f $(SOME_FAILED)
	@$(BIN)/pytest tests $(HOW) --durations 30 $(OR_SAY_SO)

bench: $(READY) ## measure speed and size (ONLY="intake reads": some; RECORD=1: keep; MINUTES=10: what grows)
	@$(BIN)/python -m bench $(ONLY) $(if $(RECORD),--record) $(if $(MINUTES),--minutes $(MINUTES))

check: lint ## format, lint, types, import rules and the fast tests
	@rm -f $(SOME_FAILED)
	$(BIN)/pytest -q $(HOW) $(wildcard tests/unit tests/contract tests/properties) $(OR_SAY_SO)

lint: $(READY) ## format, lint, types and import rules, without a test
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy services deploy bench tests/support
	$(BIN)/lint-imports

broker: $(READY) ## start the laptop's broker (NODES=3 for a cluster)
	@$(BIN)/python -m deploy.laptop broker start $(if $(NODES),--nodes $(NODES))

database: $(READY) ## start the laptop's database
	@$(BIN)/python -m deploy.laptop database start

stop: $(READY) ## end the demo, the broker and the database
	@$(BIN)/python -m deploy.laptop stop

up: ## build the image and start everything in containers (needs Docker with Compose)
	@bash deploy/new_installation.sh
	@docker compose build
	@docker compose up --detach --wait

down: ## end the containers; the volumes stay
	@docker compose down

docs: $(READY) ## write docs/api anew from the declarations
	@$(BIN)/python -m services.operations docs

token: $(READY) ## issue a bearer token, e.g. make token ARGS='--help'
	@$(BIN)/python -m services.operations token $(ARGS)

lock: $(READY) ## write the lock files anew from pyproject.toml (UPGRADE=1: newest versions)
	@bash deploy/laptop/new_locks.sh $(if $(UPGRADE),--upgrade)
