# The two commands are `make up` and `make test`; both install what is missing, and say so first.
BATTEN := .venv/bin/batten
STACK := docker
PYTEST := .venv/bin/python -m pytest

.DEFAULT_GOAL := help
.PHONY: help up down status test test-fast lint docs examples bench bench-check bench-driver bench-loki format engine packages clean

help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

up: packages .venv/.run engine ## Set up this machine and start the production stack
	@cd $(STACK) && ../$(BATTEN) up --write-env --install-driver

down: .venv/.run ## Stop the stack; its data stays
	@cd $(STACK) && ../$(BATTEN) down

status: .venv/.run ## Show the stack
	@cd $(STACK) && ../$(BATTEN) status

test: packages .venv/.dev lint ## Run every test, those on a real engine included
	@setup/engine || echo "! the tests that need an engine will be skipped" >&2
	@$(PYTEST)

test-fast: .venv/.dev ## Run the tests that need no engine
	@$(PYTEST) -m "not engine"

lint: .venv/.dev ## Check style and types
	@.venv/bin/ruff check --quiet
	@.venv/bin/ruff format --check --quiet
	@.venv/bin/mypy

bench: .venv/.dev ## Time the commands on the running stack, beside Docker's own
	@.venv/bin/python benchmarks/commands.py

bench-check: .venv/.dev ## Time `batten check`, beside Compose reading the same file
	@.venv/bin/python benchmarks/check.py

bench-driver: .venv/.dev ## Flood the `loki` log driver, beside Docker's own `json-file`
	@.venv/bin/python benchmarks/driver.py

bench-loki: .venv/.dev ## Fill and search the embedded Loki, beside what this machine can do at best
	@.venv/bin/python benchmarks/loki.py

docs: .venv/.dev ## Write docs/rules from the rules' docstrings
	@.venv/bin/python -m batten.report.check.pages docs/rules

examples: .venv/.dev ## Write what Batten says about the examples anew
	@.venv/bin/python tests/examples/test_examples.py

format: .venv/.dev ## Format the code
	@.venv/bin/ruff check --fix --quiet
	@.venv/bin/ruff format --quiet

engine: packages
	@setup/engine

packages:
	@setup/packages

.venv/.run: pyproject.toml constraints.txt | packages
	@setup/python

.venv/.dev: pyproject.toml constraints.txt | packages
	@setup/python dev

clean: ## Remove what the set-up made in this folder
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
