# Needs Python 3.11 or newer and make, nothing else. `make run PORT=8001`, `make test ARGS="-k login"`.
SHELL := /bin/sh
.DEFAULT_GOAL := help
PORT ?= 8000
ARGS ?=
# One Redis serves one worker; two have their own where none is named.
JOBS ?= $(if $(REDIS_URL),0,2)
PY := .venv/bin/python

# The first interpreter that is new enough; PYTHON=... names another.
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3 python; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && \
	echo $$p && break; done)
FIND := $(if $(PYTHON),$(PYTHON),echo "Gerai needs Python 3.11 or newer and found none: install it, or make PYTHON=/path/to/it." >&2; exit 1;)

.PHONY: help setup setup-dev run test proof check e2e bench messages lock clean

help: ## Show this
	@grep -E '^[a-z0-9-]+:.*## ' Makefile | sed -E 's/:.*## /\t/' | expand -t 12

setup: ## Install what the portal needs to run
	@$(FIND) tools/setup.py

setup-dev:
	@$(FIND) tools/setup.py dev

run: setup ## Start the portal with everything it needs (PORT=8000)
	@exec $(PY) manage.py up --port $(PORT) $(ARGS)

test: setup-dev ## Run the tests on a PostgreSQL and a Valkey of their own (ARGS="-k name" JOBS=0)
	@$(PY) -m pytest -n $(JOBS) --dist worksteal $(ARGS)

proof: setup-dev ## Long proofs: crashes and chaos on real servers, from a seed (GERAI_PROOF_SEED=1)
	@GERAI_PROOF=full $(PY) -m pytest tests/proof $(ARGS)

check: setup-dev ## Style, types, dependency rule, settings, translations, licences
	@$(PY) -m tools.check $(ARGS)

e2e: setup-dev ## Walk through the running portal in the system's Chromium
	@$(PY) -m pytest tests/e2e $(ARGS)

bench: setup-dev ## Measure ours against a peer, interleaved; results in test-results/bench.json (ARGS="audit")
	@$(PY) -m bench $(ARGS)

messages: setup-dev ## Bring the catalogues in locale/ up to date with the code
	@$(PY) -m tools.translations $(ARGS)

lock: setup-dev ## Compile requirements*.in and package.json into their lock files
	@.venv/bin/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-emit-find-links requirements.in -o requirements.txt
	@.venv/bin/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-emit-find-links requirements-dev.in -o requirements-dev.txt
	@npm install --package-lock-only --silent

clean: ## Remove what was installed and built; the data in .local/ stays
	@rm -rf .venv build node_modules .mypy_cache .ruff_cache .pytest_cache .import_linter_cache test-results
	@find . -name __pycache__ -type d -not -path './.local/*' -prune -exec rm -rf {} +
