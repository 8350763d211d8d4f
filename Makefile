# make         build .venv with everything and the command `tlgui` in it
# make run     start tlgui with its example (without a display: train the example)
# make test    run the tests that need neither a GPU nor a network
#
# Needs Python 3.11, 3.12 or 3.13, make and a package registry. Name another interpreter with
# `make PYTHON=/path/to/python3.12`.

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input
EXAMPLE := resources/examples/pictures

SUPPORTED := import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))
PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3; do \
	if $$p -c '$(SUPPORTED)' 2>/dev/null; then echo $$p; break; fi; done)

# Qt ends the process when it can reach no display, so this is asked in a process of its own.
OPENS_WINDOWS := import sys; from PySide6.QtGui import QGuiApplication; \
	sys.exit(QGuiApplication(sys.argv[:1]).platformName() in ("offscreen", "minimal"))

.NOTPARALLEL:
.PHONY: install run test lint format coverage lock installer clean help

install: $(BIN)/tlgui
	@installer/system-libraries.sh $(BIN)/python || \
		echo "The window needs these libraries; the command line works without them."

help:
	@sed -n '/^#/!q; s/^# \{0,1\}//p' Makefile
	@echo "make lint       style, types and import rules"
	@echo "make format     let ruff format the code and fix what it can"
	@echo "make coverage   tests of the code that must stay covered to 100 %"
	@echo "make lock       write requirements.lock anew from pyproject.toml"
	@echo "make installer  build the installer for this system"
	@echo "make clean      remove caches and build output (.venv stays)"

$(VENV)/made:
	@test -n "$(PYTHON)" || { echo "Found no Python 3.11, 3.12 or 3.13 on PATH." \
		"Install one, or name it: make PYTHON=/path/to/python"; exit 1; }
	@$(PYTHON) -c '$(SUPPORTED)' || { echo "$(PYTHON) is not Python 3.11, 3.12 or 3.13."; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || installer/apt-install.sh \
		"$$($(PYTHON) -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')"
	@echo "== Creating $(VENV) with $(PYTHON)"
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/locked: requirements.lock $(VENV)/made
	@echo "== Installing the locked packages (about 3 GB on disk, a minute or more)"
	$(PIP) install --require-hashes -r requirements.lock
	@touch $@

$(BIN)/tlgui: pyproject.toml main.py $(VENV)/locked
	@echo "== Installing tlgui itself"
	$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

run: install
	@if ( ulimit -c 0; $(BIN)/python -c '$(OPENS_WINDOWS)'; exit $$? ) >/dev/null 2>&1; then \
		exec $(BIN)/python main.py --example; \
	else \
		echo "No window can be opened here (no display, or Qt lacks a system library)."; \
		echo "Training the same example without a window: $(BIN)/tlgui train $(EXAMPLE)"; \
		exec $(BIN)/tlgui train $(EXAMPLE); \
	fi

# A file is one process's: what its tests share is made once. Each process takes 2 GB of memory.
# The many short files of tests/viewmodels come last, so that all processes end together.
ON_ALL_CORES := --numprocesses logical --maxprocesses 4 --dist loadfile --no-loadscope-reorder

# The tests draw into memory: a library that only real windows need stops none of them.
test: $(BIN)/tlgui
	@installer/system-libraries.sh $(BIN)/python || QT_QPA_PLATFORM=offscreen \
		$(BIN)/python -c 'from PySide6.QtWidgets import QApplication; QApplication([])'
	$(BIN)/python -m pytest $(ON_ALL_CORES)

lint: $(BIN)/tlgui
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

format: $(BIN)/tlgui
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

coverage: $(BIN)/tlgui
	$(BIN)/coverage run -m pytest -m 'not engine and not gpu and not network and not slow'
	$(BIN)/coverage report

lock: $(BIN)/tlgui
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
		--extra dev pyproject.toml -o requirements.lock

installer: $(BIN)/tlgui
	installer/build

clean:
	rm -rf build dist *.egg-info .coverage .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
	find main.py tlgui tests installer resources -name __pycache__ -type d -prune -exec rm -rf {} +
