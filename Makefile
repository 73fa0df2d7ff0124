# Everything that people and CI run. `make help` lists it.
.DEFAULT_GOAL := help
SHELL := /bin/sh

VENV ?= .venv
BIN := $(VENV)/bin
ARGS ?=
# Of the Pythons here, the first that is new enough; PYTHON=... names another.
PYTHONS := $(if $(PYTHON),$(PYTHON),python3 python3.14 python3.13 python3.12 python3.11 python)
NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))
PIP_INSTALL := $(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes
LOCK := pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
	--no-header --no-annotate --no-emit-index-url --no-emit-find-links --quiet

.PHONY: help demo run test bench check format types lock clean install-dev

help: ## Say what there is
	@sed -n 's/^\([a-z-]*\):[^#]*## /\1\t/p' $(MAKEFILE_LIST) | awk -F'\t' '{printf "make %-12s %s\n", $$1, $$2}'

demo: $(VENV)/.runtime ## Show it: demonstration data, the site on $PORT (8000), an export through the queue
	@$(BIN)/python manage.py demo

run: $(VENV)/.runtime ## Web server and worker for daily work, on $HOST (127.0.0.1) and $PORT (8000)
	@$(BIN)/python manage.py migrate --verbosity 0 --no-input
	@$(BIN)/python manage.py serve

test: $(VENV)/.dev ## All tests on SQLite, those with a database on PostgreSQL if one answers; ARGS="-k name" chooses
	@$(BIN)/python .ci/test.py $(ARGS)

bench: $(VENV)/.dev ## Measure all beside their peers, into benchmarks/RESULTS.md; ROWS=200000, BENCH_DATABASE_URL=an empty database
	@$(BIN)/python -m benchmarks.exports --rows $(or $(ROWS),200000) --database-url "$(BENCH_DATABASE_URL)" $(ARGS)
	@$(BIN)/python -m benchmarks.visited --rows $(or $(ROWS),200000) --database-url "$(BENCH_DATABASE_URL)"
	@$(BIN)/python -m benchmarks.imports --rows $(or $(ROWS),200000) --database-url "$(BENCH_DATABASE_URL)" $(ARGS)
	@$(BIN)/python -m benchmarks.latency --database-url "$(BENCH_DATABASE_URL)"
	@$(BIN)/python -m benchmarks.readers
	@$(BIN)/python -m benchmarks.api --database-url "$(BENCH_DATABASE_URL)"

check: $(VENV)/.dev ## Format, lint, types and architecture, as CI has them
	$(BIN)/python -m ruff format --check .
	$(BIN)/python -m ruff check .
	$(BIN)/python -m mypy
	$(BIN)/python -m pytest -q tests/test_architecture.py

format: $(VENV)/.dev ## Put the code in form
	$(BIN)/python -m ruff check --fix .
	$(BIN)/python -m ruff format .

install-dev: $(VENV)/.dev ## Only make .venv, with the development packages

lock: ## Renew requirements*.txt from pyproject.toml; UPGRADE=1 takes the newest versions. Needs uv
	@command -v uv >/dev/null || { echo "make lock needs uv: pip install uv"; exit 1; }
	uv $(LOCK) $(if $(UPGRADE),--upgrade) --output-file requirements.txt
	uv $(LOCK) $(if $(UPGRADE),--upgrade) --extra redis --constraint requirements.txt \
		--output-file requirements-redis.txt
	uv $(LOCK) $(if $(UPGRADE),--upgrade) --group dev --constraint requirements.txt \
		--output-file requirements-dev.txt

clean: ## Remove what make made, but for the data in var/
	rm -rf $(VENV) staticfiles .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# A stamp is written when all of a step is done, so that an interrupted one is done again.
$(VENV)/.made:
	@python=""; for each in $(PYTHONS); do \
		if "$$each" -c '$(NEW_ENOUGH)' 2>/dev/null; then python="$$each"; break; fi; done; \
	if [ -z "$$python" ]; then \
		echo "No Python 3.11 or newer was found. Name it: make PYTHON=/path/to/python3.11"; exit 1; fi; \
	echo "Making $(VENV) with $$("$$python" --version) ..."; \
	"$$python" -m venv --clear $(VENV) || { \
		echo "Python has no venv here. On Debian and Ubuntu: apt install python3-venv"; exit 1; }
	@touch $@

$(VENV)/.runtime: requirements.txt $(VENV)/.made
	@echo "Installing packages ..."
	@$(PIP_INSTALL) -r requirements.txt
	@touch $@

$(VENV)/.dev: requirements-dev.txt requirements.txt $(VENV)/.made
	@echo "Installing packages for development ..."
	@$(PIP_INSTALL) -r requirements-dev.txt
	@touch $@ $(VENV)/.runtime
