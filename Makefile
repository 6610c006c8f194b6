# Everything runs in .venv, made from PYTHON; nothing else has to be installed but Python >= 3.10 and a C compiler.
# ARGS goes to pytest: make test ARGS='-k counter'
# The run-* targets use an environment that is already there: BIN names its folder of programs.

PYTHON ?= python3
VENV := .venv
BIN ?= $(VENV)/bin
SOAK ?= 10000
KILLS ?= 1000

FOLDERS := $(wildcard streamssm cext equivalences bench)
SOURCES := setup.py pyproject.toml $(shell find $(FOLDERS) -type f \
	\( -name '*.py' -o -name '*.pyx' -o -name '*.px[di]' -o -name '*.pyi' -o -path '*/src/*.[ch]' \))
RUN = PATH="$(abspath $(BIN)):$$PATH"

.PHONY: help demo test lint bench soak kill sanitize clean run-tests run-lint run-user-repository run-bench-once
.SECONDARY:

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-8s %s\n", $$1, $$2}' Makefile

demo: $(VENV)/with-plot ## install, translate function composition, check it, measure its memory
	$(RUN) sh examples/demo.sh

test: $(VENV)/with-test ## install with the test extras, run the whole test suite and the doctests
	@$(MAKE) run-tests

lint: $(VENV)/with-test,lint ## ruff and mypy
	@$(MAKE) run-lint

bench: $(VENV)/with-bench ## time the kernels and their peers (pytest-benchmark)
	$(RUN) pytest bench --benchmark-enable

soak: $(VENV)/with-test ## the randomised tests with SOAK examples each, 10000 unless set
	$(RUN) SOAK=$(SOAK) pytest -m soak

kill: $(VENV)/with-test ## kill checkpointed runs at random moments, KILLS of them (1000 unless set), and resume them
	$(RUN) python tests/killed_runs.py $(KILLS)

sanitize: $(VENV)/with-test ## the kernels' own tests under AddressSanitizer and UBSan (gcc)
	$(RUN) sh cext/sanitize.sh build/sanitize $(ARGS)

clean: ## remove the environment and everything that was built
	rm -rf $(VENV) build dist out *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .benchmarks
	rm -f cext/*.so cext/*.c

run-tests:
	$(RUN) pytest -n auto --dist worksteal $(ARGS)

run-lint:
	$(RUN) ruff check
	$(RUN) mypy

run-user-repository:
	cd examples/user_repository && $(RUN) pytest

run-bench-once:
	$(RUN) pytest bench

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 10) or sys.exit("Python must be >= 3.10, not " + \
		sys.version.split()[0] + ": make test PYTHON=python3.12")'
	$(PYTHON) -m venv $(VENV)

# One stamp per set of extras. The second line: setuptools would install modules that have since been removed.
$(VENV)/with-%: $(SOURCES) | $(VENV)/bin/python
	@if [ -d build ]; then find build -path '*/lib*' -name '*.py' -exec rm -f {} +; fi
	$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check '.[$*]'
	@touch $@
