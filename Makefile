# make run   the app on http://127.0.0.1:7071, with a demo Plex when no token is set
# make set-up the set-up in the browser, for your own Plex server; from then on make run starts Helpr
# make test  what every change must pass: unit, contract on real PostgreSQL and Azurite, browser
# make faults the rest: tables of all faults, kill points and races, and fuzzing
# make load  half a minute of 16 busy connections: errors, latency, memory
# make fuzz  the fuzz tests with a large budget (EXAMPLES=2000), and new examples each time
# make check formatting, lint, types, HTML, support by the oldest browsers
# make audit known vulnerabilities in the code (bandit), the Dockerfile (hadolint), the workflows
#            (zizmor) and the dependencies (pip-audit)
# make lock  chooses the newest packages within the ranges, and writes versions and hashes
# make texts sorts the catalogues of all languages, and adds what each lacks
# make types the dashboard's API types, made from the OpenAPI document (a test says when)
# make bundles what browsers get, built from the sources in static/ (after edits; a test says when)
# make bench the table of numbers in the README
# make image the Dockerfile's result, built in a folder and run as another user (root, debootstrap)
# make infra what would be deployed to Azure: compiled, evaluated, checked (needs the Bicep CLI)

# The newest installed Python that really runs (Helpr is deployed on 3.13).
PYTHON ?= $(shell for p in python3.13 python3.14 python3.12 python3.11 python3; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
VENV ?= .venv
BIN := $(VENV)/bin
PORT ?= 7071
# Tests sometimes wait for processes to start and time-outs to pass; each job has its own servers.
JOBS ?= 3
# File by file, in order: the files with the fewest tests are among the slowest.
PYTEST = $(BIN)/python -m pytest -n $(JOBS) --dist loadfile --no-loadscope-reorder \
	--ignore=tests/infra --ignore=tests/image
EXAMPLES ?= 2000
SELECTED ?= not thorough
# make audit STRICT= continues if a package's vulnerabilities cannot be looked up, and says so.
STRICT ?= --strict

# Every installed package is pinned in one of these files, by version and hash; the *.in files have
# the ranges, from which versions are chosen only by `make lock`.
PIP_INSTALL := -m pip install --quiet --disable-pip-version-check --require-hashes
# Python 3.11 to 3.14, with the same versions everywhere: one file constrains the others.
LOCK := .venv-lock/bin/uv pip compile --quiet --upgrade --generate-hashes --no-emit-index-url \
	--custom-compile-command "make lock"
UNIVERSAL := --universal --python-version 3.11

# Byte code is kept, so that the servers started by tests and benches need not compile Helpr each time.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run set-up test faults load fuzz check audit lock format texts types bundles bench image infra clean

run: $(VENV)/.runtime
	$(BIN)/python -m helpr_core serve --reload --port $(PORT)

set-up: $(VENV)/.runtime
	$(BIN)/python -m helpr_core serve --set-up --port $(PORT)

test: $(VENV)/.dev node_modules/.package-lock.json
	$(PYTEST) -m "$(SELECTED)" $(ARGS)

faults: $(VENV)/.dev node_modules/.package-lock.json
	HELPR_FUZZ_EXAMPLES=100 $(PYTEST) -q -m "thorough or hypothesis" $(ARGS)

load: $(VENV)/.dev node_modules/.package-lock.json
	$(BIN)/python -m load $(ARGS)

fuzz: $(VENV)/.dev node_modules/.package-lock.json
	HELPR_FUZZ_EXAMPLES=$(EXAMPLES) HELPR_FUZZ_NEW=1 $(PYTEST) -q --timeout 3600 -m hypothesis $(ARGS)

check: $(VENV)/.dev node_modules/.package-lock.json
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	npx biome ci static
	npx tsc
	node tests/web/browsers/check.mjs
	$(BIN)/python -m tests.web.rendered_pages | xargs -0 node tests/web/validate.mjs

audit: .venv-audit/.ready
	.venv-audit/bin/bandit --quiet --recursive --configfile pyproject.toml function_app.py gunicorn.conf.py helpr_core infra
	.venv-audit/bin/hadolint Dockerfile
	.venv-audit/bin/zizmor --quiet --offline .github/workflows
	.venv-audit/bin/pip-audit $(STRICT) --progress-spinner off --requirement requirements-serve.txt

# What is published is for one Python and has no markers: on another the build fails there and then.
lock: .venv-lock/.ready
	$(LOCK) $(UNIVERSAL) requirements-dev.in --output-file requirements-dev.txt
	$(LOCK) $(UNIVERSAL) requirements-serve.in -c requirements-dev.txt --output-file requirements-serve.txt
	$(LOCK) $(UNIVERSAL) requirements.in -c requirements-dev.txt --output-file requirements-local.txt
	$(LOCK) --python-version 3.13 --python-platform linux requirements.in -c requirements-dev.txt \
		--output-file requirements.txt
	for tool in audit infra lock; do \
		$(LOCK) $(UNIVERSAL) requirements-$$tool.in --output-file requirements-$$tool.txt || exit 1; done

format: $(VENV)/.dev node_modules/.package-lock.json
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	npx biome check --write static

texts: $(VENV)/.dev
	$(BIN)/python -m tests.texts.tidy $(LANGUAGE)

types: $(VENV)/.dev
	$(BIN)/python -m tests.web.api_types

bundles: node_modules/.package-lock.json
	node bundle.mjs

bench: $(VENV)/.dev
	$(BIN)/python -m bench $(ARGS)

image: $(VENV)/.dev
	$(BIN)/python -m pytest --timeout 1200 tests/image $(ARGS)

# The Bicep CLI is the one in BICEP, else on PATH. HELPR_WRITE_SNAPSHOTS=1 accepts what changed.
infra: $(VENV)/.dev .venv-infra/.ready
	$(BIN)/python -m pytest -n 2 --dist loadfile tests/infra $(ARGS)

clean:
	rm -rf $(VENV) .image-base .venv-infra .venv-audit .venv-lock .venv-oldest node_modules .mypy_cache .pytest_cache .ruff_cache .hypothesis

$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo "Helpr needs Python 3.11 or later."; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.runtime: requirements-local.txt | $(VENV)/bin/python
	@echo "Installing what Helpr needs into $(VENV), which takes a minute or two:"
	$(BIN)/python $(PIP_INSTALL) -r requirements-local.txt
	@touch $@

$(VENV)/.dev: requirements-dev.txt | $(VENV)/bin/python
	$(BIN)/python $(PIP_INSTALL) -r requirements-dev.txt
	@touch $@ $(VENV)/.runtime

# Tools with an environment of their own: checkov pins what Helpr wants newer.
.venv-%/.ready: requirements-%.txt
	@test -n "$(PYTHON)" || { echo "Helpr needs Python 3.11 or later."; exit 1; }
	$(PYTHON) -m venv .venv-$*
	.venv-$*/bin/python $(PIP_INSTALL) -r $<
	@touch $@

# Not npm ci: that refuses a lock without the builds of Biome for other platforms, and not
# every mirror has them. Without node the tests that need Azurite are skipped and say so.
node_modules/.package-lock.json: package.json package-lock.json
	@if command -v npm >/dev/null; then npm install --no-save --no-progress --ignore-scripts && touch $@; \
	else echo "npm is not here: tests that need Azurite or axe will be skipped. Install Node.js 20 or later."; fi
