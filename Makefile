# The commands of this repository. `make` alone lists them.
# Needs Python 3.11 or later, git 2.38 or later and make; PYTHON=... names another Python,
# ARGS=... is handed to the command (`make test ARGS="-k merge"`).

ENVIRONMENT = sh requirements/environment.sh

.DEFAULT_GOAL := help
.PHONY: help demo test lint types check format sweep bench record readme picture lock clean
# Two targets at once would make the same environment at once.
.NOTPARALLEL:

help: ## this list
	@echo "specloop: open an issue labelled 'spec'; reviewed pull requests arrive until it is met."
	@echo
	@awk -F ':.*## ' '/^[a-z]+:.*## /{ printf "  make %-7s %s\n", $$1, $$2 }' Makefile
	@echo
	@echo "The environment (.venv) is made when first needed and again when the pins change."

demo: ## a whole run on this machine: no account, no key, no network
	@$(ENVIRONMENT) runtime
	@.venv/bin/specloop demo $(ARGS)

# Tests wait for servers a third of their time: one more worker than there are processors.
test: ## the test suite
	@$(ENVIRONMENT) dev
	.venv/bin/pytest -n $$(.venv/bin/python -c 'import os; print(os.cpu_count() + 1)') --dist worksteal --durations=15 $(ARGS)

lint: ## style and formatting
	@$(ENVIRONMENT) dev
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .

types: ## strict type check
	@$(ENVIRONMENT) dev
	.venv/bin/mypy

check: lint types test ## lint, types and test

format: ## formats the code and fixes what can be fixed safely
	@$(ENVIRONMENT) dev
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .

sweep: ## every fault at every point of a story (an hour; ARGS="--sample 3m --seed 7", --write)
	@$(ENVIRONMENT) dev
	@.venv/bin/python tests/recovery/sweep.py $(ARGS)

bench: ## measures speed and requests, and writes docs/benchmarks.md (ten minutes; ARGS=--quick)
	@$(ENVIRONMENT) dev
	@.venv/bin/python -m bench.run $(ARGS)

record: ## records the exchanges with models and GitHub anew (from real ones: CONTRIBUTING.md)
	@$(ENVIRONMENT) dev
	@.venv/bin/python tests/models/cassettes.py
	@.venv/bin/python tests/exchanges/cassettes.py

readme: ## writes the README's tables from the code
	@$(ENVIRONMENT) dev
	.venv/bin/python docs/tables.py

picture: ## draws the README's pictures from real runs (the pages' need Chromium)
	@$(ENVIRONMENT) dev
	.venv/bin/python docs/pictures/draw.py
	.venv/bin/python docs/pictures/take.py

lock: ## pins the dependencies anew (UPGRADE=1: to the newest versions)
	@bash requirements/lock.sh

clean: ## removes the environment, caches and builds
	rm -rf .venv .venv.lock .mypy_cache .pytest_cache .ruff_cache .hypothesis build dist
	find bot tests -name __pycache__ -type d -prune -exec rm -rf {} +
