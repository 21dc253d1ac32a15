# The commands of the project. `make run` needs nothing but Python 3.11 or 3.12.
SHELL := /bin/bash
VENV := .venv
PYTHON := $(VENV)/bin/python

# Compiled once and not at every start of every process, whatever a container's image has set.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run test test-fast check bench chaos soak pictures tools

run: $(VENV)/product.stamp
	@exec $(PYTHON) app.py run --clock working $(ARGS)

# Everything: form, rules, types, imports, then all tests, two groups of files at a time
# (tests/conftest.py says what a group is). Its last line is pytest's own.
test: $(VENV)/dev.stamp tools check
	@$(PYTHON) -m pytest -n 2 --dist loadfile --no-loadscope-reorder --cov --cov-report=term:skip-covered --cov-fail-under=95 $(ARGS)

# What can be judged in a minute, without a browser and without Redis.
test-fast: $(VENV)/dev.stamp
	@$(PYTHON) -m pytest -q -n 2 --dist loadfile -m "not slow and not e2e and not integration" --hypothesis-profile fast tests/unit tests/property tests/architecture $(ARGS)

check: $(VENV)/dev.stamp
	@$(VENV)/bin/ruff format --check .
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/mypy
	@$(VENV)/bin/mypy app.py
	@$(VENV)/bin/lint-imports

bench: $(VENV)/dev.stamp tools
	@$(PYTHON) -m tests.bench $(ARGS)

# The kill matrix: the parts of a real site killed, stopped and cut off, twenty seeds of it.
chaos: $(VENV)/dev.stamp tools
	@$(PYTHON) -m tests.chaos $(ARGS)

# An hour at ten times the speed: does anything grow?
soak: $(VENV)/dev.stamp tools
	@$(PYTHON) -m tests.soak $(ARGS)

# The screenshots of the README and of docs/screenshots, taken of the running program.
pictures: $(VENV)/dev.stamp tools
	@$(PYTHON) -m tests.pictures $(ARGS)

$(VENV)/bin/python:
	@for python in python3.11 python3.12 python3; do \
		if $$python -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 13))' 2>/dev/null; then \
			echo "creating $(VENV) with $$python"; $$python -m venv $(VENV); exit $$?; \
		fi; \
	done; \
	echo "Python 3.11 or 3.12 is needed, and none was found on the path." >&2; exit 1

$(VENV)/product.stamp: requirements.txt | $(VENV)/bin/python
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

$(VENV)/dev.stamp: requirements-dev.txt requirements.txt | $(VENV)/bin/python
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@ $(VENV)/product.stamp

tools:
	@missing=; \
	command -v chromium >/dev/null || missing="$$missing chromium"; \
	command -v redis-server >/dev/null || missing="$$missing redis-server"; \
	PATH="$$PATH:/usr/sbin" command -v nginx >/dev/null || missing="$$missing nginx-light"; \
	compgen -G '/usr/lib/postgresql/*/bin/postgres' >/dev/null || missing="$$missing postgresql"; \
	compgen -G '/usr/share/fonts/opentype/noto/NotoSansCJK*' >/dev/null || missing="$$missing fonts-noto-cjk"; \
	if [ -z "$$missing" ]; then exit 0; fi; \
	if [ "$$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then \
		echo "The tests need:$$missing. Install them (Debian: apt-get install$$missing)." >&2; exit 1; \
	fi; \
	echo "installing$$missing"; \
	apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing >/dev/null
