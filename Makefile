# `make run` and `make test` need Python >= 3.11 and nothing else. `make help` lists everything.

# The first of these that is new enough is used; PYTHON=/path/to/python names one.
PYTHON ?= python3 python3.14 python3.13 python3.12 python3.11
VENV ?= .venv
ARGS ?=

BIN := $(VENV)/bin
LAUNCHER := $(BIN)/python -m controltower.launcher

# $(call install,SET): $(VENV) with the packages of requirements/SET.txt. At once when it has them.
define install
@for python in $(PYTHON); do \
  if $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
    exec $$python -I controltower/launcher/virtualenv.py $(VENV) $(1); \
  fi; \
done; \
echo; echo "Python 3.11 or newer is needed, and none of these is:" >&2; \
for python in $(PYTHON); do \
  echo "  $$python: $$($$python --version 2>&1 | head -n 1)" >&2; \
done; \
echo "Name one with  PYTHON=/path/to/python3.12 make $@" >&2; echo >&2; \
exit 1
endef

.PHONY: help run test check bench lock databases clean-data

help:
	@echo "make run         the whole product with a demo company, on http://127.0.0.1:8000"
	@echo "                 PORT=8001, DATA_DIR=folder; DATABASE_URL, REDIS_URL: real servers"
	@echo "make test        all tests, on databases of their own; ARGS='-k name -x' goes to pytest"
	@echo "make check       style, types, layers, migrations"
	@echo "make bench       the benchmarks; ARGS='sync detect' runs only these"
	@echo "make databases   only PostgreSQL and Valkey, on the data of make run"
	@echo "make clean-data  remove the data of make run"
	@echo "make lock        compile requirements/*.txt from pyproject.toml"

run:
	$(call install,run)
	@$(LAUNCHER) run

databases:
	$(call install,run)
	@$(LAUNCHER) databases

clean-data:
	$(call install,run)
	@$(LAUNCHER) clean-data

test:
	$(call install,development)
	@$(LAUNCHER) test -n auto --dist loadfile --no-loadscope-reorder $(ARGS)

bench:
	$(call install,development)
	@$(LAUNCHER) bench $(ARGS)

# The settings want values, but nothing here connects to anything: port 1 belongs to nobody.
check: export SECRET_KEY = nothing-is-signed-with-this
check: export TOWER_ENCRYPTION_KEYS = nothing-is-encrypted-with-this
check: export DATABASE_URL = postgres://127.0.0.1:1/none
check: export REDIS_URL = redis://127.0.0.1:1/0
check:
	$(call install,development)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run

COMPILE = $(BIN)/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 \
	--generate-hashes --no-header --no-emit-index-url --no-emit-find-links

lock:
	$(call install,development)
	$(COMPILE) --output-file requirements/production.txt
	$(COMPILE) --extra embedded --output-file requirements/run.txt
	$(COMPILE) --extra embedded --extra test --extra check \
		--output-file requirements/development.txt
