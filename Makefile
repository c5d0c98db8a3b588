# `make` alone prints the verbs.
PYTHON ?= python3
BIN := .venv/bin
export PIP_DISABLE_PIP_VERSION_CHECK = 1
# A lock is complete, so there is nothing to resolve.
INSTALL = $(BIN)/python -m pip install -q --no-deps -r
# The first start fetches packages, and pip's own words for having no network are a page of retries.
NO_INTERNET = { echo "The packages could not be fetched. The first start needs the internet once; look" \
  "at the connection and at the last lines above, and begin again." >&2; exit 1; }
# Versions stay as they are locked unless UPGRADE names them. One lock serves every Python and processor.
LOCK = $(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --quiet \
  --custom-compile-command "make lock" $(if $(filter all,$(UPGRADE)),--upgrade,$(UPGRADE:%=--upgrade-package %))
TEMPLATES = $(shell find templates -name '*.html')

.DEFAULT_GOAL := help
.PHONY: help run test lint format bench mutants golden shots lock clean

help: ## print the verbs
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 18

run: .venv/.demo ## start the portal, a worker and a demo mail server (PORT=8000 HOST=127.0.0.1)
	@exec $(BIN)/python -m demo

test: .venv/.dev ## install what the suite needs and run all of it
	@$(BIN)/python tests/install_parts.py
	@$(BIN)/python -m pytest $(or $(T),--cov --numprocesses 2 --dist loadscope --no-loadscope-reorder)

lint: .venv/.dev ## check style, types, import contracts and migrations
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	@$(BIN)/djade --check $(TEMPLATES)
	DEBUG=true $(BIN)/mypy
	$(BIN)/lint-imports
	DEBUG=true $(BIN)/python manage.py makemigrations --check --dry-run

format: .venv/.dev ## put the code into the house style
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	@$(BIN)/djade $(TEMPLATES) || true # it fails when it has changed something

bench: .venv/.dev ## measure what we promise about speed, as ratios in one run
	@$(BIN)/python tests/install_parts.py
	@$(BIN)/python -m tests.bench

mutants: .venv/.dev ## plant mistakes one at a time and see whether a test notices (M=mailsetup/clientconfig)
	@$(BIN)/python -m tests.mutants $(M)

golden: .venv/.dev ## rewrite the expected bytes of every format and docs/guides.md; read the diff
	@GOLDEN=1 $(BIN)/python -m pytest -q tests/formats
	@DEBUG=true $(BIN)/python manage.py guides --markdown > docs/guides.md

shots: .venv/.dev ## take the README's pictures, and sheets with all guides (var/shots)
	@$(BIN)/python tests/install_parts.py
	@$(BIN)/python -m tests.shots

lock: .venv/.lock ## lock the dependencies that pyproject.toml names (UPGRADE="django redis" or UPGRADE=all)
	@$(LOCK) --output-file requirements.txt
	@$(LOCK) --group demo --constraints requirements.txt --output-file requirements-demo.txt
	@$(LOCK) --group dev --constraints requirements-demo.txt --output-file requirements-dev.txt

clean: ## forget the environment and the demo's data
	rm -rf .venv var

# Bare Debian splits venv out of python3. As root the missing half is installed, else it is named.
.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Mailway needs Python 3.11 or newer. Name it: make run PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || \
	  { [ "$$(id -u)" = 0 ] && apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y python3-venv >/dev/null; } || \
	  { echo "The package python3-venv is missing. Install it: sudo apt-get install python3-venv" >&2; exit 1; }
	@rm -rf .venv && $(PYTHON) -m venv .venv # a half-made one would stay without pip

.venv/.lock: | .venv/bin/python
	@$(BIN)/python -m pip install -q uv==0.13.9
	@touch $@

.venv/.demo: requirements-demo.txt | .venv/bin/python
	@echo "Installing what Mailway needs from the internet (once) …"
	@$(INSTALL) requirements-demo.txt || $(NO_INTERNET)
	@touch $@

.venv/.dev: requirements-dev.txt | .venv/bin/python
	@echo "Installing what the tests need (once) …"
	@$(INSTALL) requirements-dev.txt || $(NO_INTERNET)
	@touch $@ .venv/.demo
