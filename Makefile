# Needs make and Python 3.11 or newer; everything else is installed into .venv.
# Targets and paths are relative, so the checkout may lie under a path with spaces.
SHELL := /bin/sh
PYTHON ?= python3
BIN := .venv/bin
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps
INSTALL_MODELS := .venv-models/bin/python -m pip install --quiet --disable-pip-version-check
# For tools that read the settings and never connect.
ANY_SETTINGS := SECRET_KEY=only-for-reading-the-settings-of-a-checkout DATABASE_URL=postgresql:///goldpan
.DEFAULT_GOAL := help
.PHONY: help run models test check format demo bench bench-curation bench-methods screens golden lock clean nightly

help:  ## what there is
	@grep -hE '^[a-z-]+:.*##' Makefile | sed -E 's/:.*## /\t/' | expand -t 12

run: .venv/runtime.stamp  ## everything on this machine: http://127.0.0.1:8000, Ctrl-C stops it
	@exec $(BIN)/goldpan up

models: .venv-models/models.stamp  ## the environment of workers that run models: .venv-models/bin/goldpan

test: .venv/dev.stamp .venv-models/trainers.stamp .venv-models/tools.stamp  ## all tests; installs a browser, torch and the trainers where needed
	@browser=$$($(BIN)/python scripts/find_browser.py) || exit 1; \
	CHROMIUM="$$browser" GOLDPAN_MODELS_PYTHON="$(CURDIR)/.venv-models/bin/python" \
	$(BIN)/python -m pytest -n auto -m "not nightly" $(TESTS)

nightly: .venv/dev.stamp .venv-models/trainers.stamp .venv-models/tools.stamp  ## the tests that take long
	@browser=$$($(BIN)/python scripts/find_browser.py) || exit 1; \
	CHROMIUM="$$browser" GOLDPAN_MODELS_PYTHON="$(CURDIR)/.venv-models/bin/python" \
	$(BIN)/python -m pytest -m nightly $(TESTS)

check: .venv/dev.stamp  ## format, lint, types, the stair, templates, migrations
	@$(BIN)/ruff format --check --quiet . || { echo "Some files are not formatted; run: make format"; exit 1; }
	@$(BIN)/ruff check --quiet .
	@$(BIN)/lint-imports --no-logo
	@$(ANY_SETTINGS) $(BIN)/mypy .
	@$(BIN)/djlint --lint --quiet templates
	@$(ANY_SETTINGS) PYTHONWARNINGS=ignore $(BIN)/goldpan makemigrations --check --dry-run

format: .venv/dev.stamp  ## format and mend what can be mended
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format --quiet .

demo: .venv/runtime.stamp  ## a demo project in the installation that `make run` started
	@$(BIN)/goldpan demo

bench: .venv/dev.stamp  ## the budgets, measured
	@$(BIN)/python benchmarks/everything.py

bench-curation: .venv-models/models.stamp  ## what curation gains on real pairs with planted flips (GOLDPAN_REAL_DATA)
	@.venv-models/bin/python benchmarks/curation_gain.py

bench-methods: .venv/dev.stamp  ## what methods of curation cost at a million labels, and their slow tables
	@$(BIN)/python benchmarks/methods.py
	@OMP_NUM_THREADS=1 $(BIN)/python -m pytest -m nightly -s --timeout=3600 tests/curation/aggregation tests/curation/noise tests/curation/selection tests/curation/criteria

screens: .venv/dev.stamp  ## pictures of the pages, into screens/
	@browser=$$($(BIN)/python scripts/find_browser.py) || exit 1; \
	CHROMIUM="$$browser" GOLDPAN_SCREENS=screens $(BIN)/python -m pytest --quiet tests/journeys -k screens

golden: .venv/dev.stamp  ## the rows that every recipe gives of a planted project, written anew; look at what changed
	@GOLDPAN_WRITE_GOLDEN=1 $(BIN)/python -m pytest --quiet tests/curation/golden/test_golden_rows.py
	@GOLDPAN_WRITE_GOLDEN=1 $(BIN)/python -m pytest --quiet tests/curation/golden/test_docs_of_recipes.py

lock: .venv/dev.stamp  ## resolve pyproject.toml anew into the lock files
	@$(BIN)/python scripts/lock.py

clean:  ## remove what was built; .goldpan, which holds people's work, stays
	rm -rf .venv .venv-models build dist screens static-collected
	rm -rf .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/python.stamp:
	@sh scripts/make_venv.sh "$(PYTHON)" .venv
	@touch $@

.venv/runtime.stamp: .venv/python.stamp requirements.lock
	@echo "Installing what Goldpan needs (once, a minute or two) …"
	@test -e .venv/dev.stamp -a .venv/dev.stamp -nt requirements.lock || $(INSTALL) -r requirements.lock
	@$(BIN)/python scripts/link_checkout.py
	@touch $@

.venv/dev.stamp: .venv/python.stamp requirements-dev.lock
	@echo "Installing what Goldpan and its tests need (once, some minutes) …"
	@$(INSTALL) -r requirements-dev.lock
	@$(BIN)/python scripts/link_checkout.py
	@touch .venv/runtime.stamp $@

# torch comes first and alone: its lock would tie everybody to one kind of accelerator. What it brings along is then
# set to the locked versions. The rest of Goldpan is seen in .venv, by a path file (docs/decisions/0013).
.venv-models/models.stamp: requirements-models.lock | .venv/runtime.stamp
	@echo "Installing torch and what runs models (once, some minutes) …"
	@test -x .venv-models/bin/python || sh scripts/make_venv.sh "$(PYTHON)" .venv-models
	@$(INSTALL_MODELS) torch==2.13.0
	@$(INSTALL_MODELS) --require-hashes --no-deps -r requirements-models.lock
	@.venv-models/bin/python scripts/link_checkout.py "$$($(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')"
	@touch $@

.venv-models/trainers.stamp: .venv-models/models.stamp requirements-trainers.lock
	@echo "Installing the trainers that releases are tried on (once, some minutes) …"
	@$(INSTALL_MODELS) --require-hashes --no-deps -r requirements-trainers.lock
	@touch $@

# A folder of its own, seen by the tests alone that look into it: these tools ask for much that they need for other things.
# One of them says that its wheel is for one platform, and has no compiled part.
.venv-models/tools.stamp: requirements-tools.lock | .venv-models/models.stamp
	@echo "Installing tools whose functions read rows (once) …"
	@$(INSTALL_MODELS) --require-hashes --no-deps --upgrade --target .venv-models/tools --only-binary=:all: \
		--implementation cp --python-version 3.11 --platform manylinux1_x86_64 -r requirements-tools.lock
	@touch $@
