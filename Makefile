# The doors of the course. `make help` lists them; none needs root.
.DEFAULT_GOAL := help
.PHONY: help setup model demo test lab verify bench format lint lock clean

PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
BENCH_READY := $(VENV)/.bench-ready
# uv's cache may be shared: who finds it locked waits until the other has compiled
UV := VIRTUAL_ENV="$(CURDIR)/$(VENV)" UV_LOCK_TIMEOUT=1800 uv pip install --quiet
export PATH := $(CURDIR)/$(BIN):$(PATH)

help:  ## list these doors
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(READY): pyproject.toml requirements.lock
	@$(or $(PYTHON),false) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "Python 3.11 or newer is needed and $(or $(PYTHON),none) was found. Install it, or name it:"; \
		echo "  make setup PYTHON=/path/to/python3.12"; exit 1; }
	@echo "Setting up $(VENV) with $$($(PYTHON) --version). First time: one to three minutes;"
	@echo "hnswlib is compiled from source on the way (30 to 70 s of silence)."
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@command -v uv >/dev/null || $(BIN)/python -m pip install --quiet uv || \
		echo "uv could not be installed."
	@if command -v uv >/dev/null && $(UV) --compile-bytecode --require-hashes -r requirements.lock && \
		$(UV) --no-deps -e . ; then :; else \
		echo "Going on with pip, which takes some minutes more."; \
		$(BIN)/python -m pip install --progress-bar off --require-hashes -r requirements.lock && \
		$(BIN)/python -m pip install --quiet --no-deps -e . ; \
	fi
	@touch $@

$(BENCH_READY): $(READY) requirements-bench.lock
	@echo "Installing the libraries we measure ourselves against."
	@if command -v uv >/dev/null && $(UV) --compile-bytecode --require-hashes -r requirements-bench.lock; then :; \
	else echo "Going on with pip, which takes some minutes more."; $(BIN)/python -m pip install --quiet --require-hashes -r requirements-bench.lock; fi
	@touch $@

setup: $(READY)  ## create .venv and install everything

model: $(READY)  ## fetch the small language model once (93 MB)
	@python -m session1.llm.model_file || echo "Going on without the model: the simulated one stands in."

demo: model  ## run the reference agents on real conversations
	@python demo_runner.py

lint: $(READY)
	ruff check .
	ruff format --check .
	mypy

test: model lint  ## lint, types, tests, notebooks, verify, quick demo
	coursekit verify
	python demo_runner.py --quick
	pytest tests solutions --nbval -n 2 --dist loadfile

lab: model  ## open the course in JupyterLab
	@PYTHONSTARTUP="$(CURDIR)/src/coursekit/jupyter/startup.py" \
		JUPYTER_CONFIG_PATH="$(CURDIR)/src/coursekit/jupyter" jupyter lab --ServerApp.root_dir="$(CURDIR)" \
		--LabApp.default_url=/lab/tree/course/00_start/00_start.ipynb

verify: $(READY)  ## check the course itself
	coursekit verify

bench: $(BENCH_READY)  ## measure naive, ours and peers side by side
	python -m benchmarks

format: $(READY)  ## format and fix what can be fixed
	ruff check --fix .
	ruff format .

lock:  ## renew the lock files after a change of dependencies
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
		--no-header --no-annotate pyproject.toml -o requirements.lock
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
		--no-header --no-annotate --extra bench pyproject.toml -c requirements.lock -o requirements-bench.lock

clean:  ## remove what was generated, but not the model
	rm -rf $(VENV) out build .pytest_cache .hypothesis .mypy_cache .ruff_cache
