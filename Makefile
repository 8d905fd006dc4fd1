# The doors of the course. `make help` lists them; none needs root.
.DEFAULT_GOAL := help
.PHONY: help setup full model demo check test test-deep lab verify bench site hub-env format lint lock clean

PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin
# what is installed: what learners need, everything for teaching and testing, the peers
READY := $(VENV)/.ready
FULL_READY := $(VENV)/.full-ready
BENCH_READY := $(VENV)/.bench-ready
# on its own: its kernel for a tab is an extension that JupyterLab would offer, too
SITE := build/site_env
SITE_READY := $(SITE)/.ready
# a JupyterHub with the course in it, its proxy, and ngshare, which needs older packages
HUB := build/hub_env
NGSHARE := build/ngshare_env
PROXY := build/hub_proxy
HUB_READY := $(HUB)/.ready
# uv's cache may be shared: who finds it locked waits until the other has compiled
UV := VIRTUAL_ENV="$(CURDIR)/$(VENV)" UV_LOCK_TIMEOUT=1800 uv pip install --quiet
LOCK := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-header --no-annotate pyproject.toml
export PATH := $(CURDIR)/$(BIN):$(PATH)

# three workers for two cores, at most twelve: almost half of their time tests wait, for
# kernels, servers and timeouts; a file stays on one of them
WORKERS := -n "$$(python -c 'import os; print(min(12, (os.cpu_count() or 1) * 3 // 2))')" \
	--dist loadfile
# and one thread of numpy's in each: those that wait for a core spin, and cost ten times
# the work that they share
check test test-deep verify: export OPENBLAS_NUM_THREADS := 1
# containers often set it; each worker would compile all tests and modules again
unexport PYTHONDONTWRITEBYTECODE

define install
	@if command -v uv >/dev/null && $(UV) $(1); then :; else \
		echo "Going on with pip, which takes some minutes more."; \
		$(BIN)/python -m pip install --progress-bar off $(filter-out --compile-bytecode,$(1)); \
	fi
endef

help:  ## list these doors
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(READY): pyproject.toml requirements.lock
	@$(or $(PYTHON),false) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "Python 3.11 or newer is needed and $(or $(PYTHON),none) was found. Install it, or name it:"; \
		echo "  make setup PYTHON=/path/to/python3.12"; exit 1; }
	@echo "Setting up $(VENV) with $$($(PYTHON) --version). First time: one to three minutes;"
	@echo "hnswlib is compiled from source on the way (30 to 70 s of silence)."
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@command -v uv >/dev/null || $(BIN)/python -m pip install --quiet uv || \
		echo "uv could not be installed."
	$(call install,--no-deps --require-hashes -r requirements.lock)
	$(call install,--no-deps -e .)
	@touch $@

# compiled at once, and all of it: a sandbox cannot write, and its kernels would start
# slowly; some packages bring files for another Python, which cannot be compiled
$(FULL_READY): $(READY) requirements-all.lock
	@echo "Installing what teaching and testing need besides."
	$(call install,--no-deps --require-hashes -r requirements-all.lock)
	@$(BIN)/python -m compileall -qq -j 0 $(VENV)/lib || true
	@touch $@

$(BENCH_READY): $(FULL_READY) requirements-bench.lock
	@echo "Installing the libraries we measure ourselves against."
	$(call install,--compile-bytecode --no-deps --require-hashes -r requirements-bench.lock)
	@touch $@

$(SITE_READY): $(FULL_READY) requirements-site.lock
	@echo "Installing what the site is built with."
	@test -x $(SITE)/bin/python || $(BIN)/python -m venv $(SITE)
	@uv pip install --quiet --python $(SITE) --no-deps --require-hashes \
		-r requirements-site.lock || $(SITE)/bin/python -m pip install --quiet \
		--progress-bar off --no-deps --require-hashes -r requirements-site.lock
	@touch $@

define apart
	@test -x $(1)/bin/python || $(BIN)/python -m venv $(1)
	@uv pip install --quiet --python $(1) $(2) || $(1)/bin/python -m pip install \
		--quiet --progress-bar off $(2)
endef

$(HUB_READY): $(READY) requirements-hub.lock tools/hub/ngshare.lock tools/hub/package-lock.json
	@echo "Installing a JupyterHub, ngshare and the proxy: some minutes, in build/."
	$(call apart,$(HUB),--no-deps --require-hashes -r requirements-hub.lock)
	$(call apart,$(HUB),--no-deps -e .)
	$(call apart,$(NGSHARE),--no-deps --require-hashes -r tools/hub/ngshare.lock)
	@mkdir -p $(PROXY) && cp tools/hub/package.json tools/hub/package-lock.json $(PROXY)
	@npm ci --prefix $(PROXY) --silent --no-audit --no-fund
	@touch $@

setup: $(READY)  ## create .venv with what learners need

full: $(FULL_READY)  ## add what teaching and testing need

model: $(READY)  ## fetch the small language model once (93 MB)
	@python -m session1.llm.model_file || echo "Going on without the model: the simulated one stands in."

demo: model  ## run the reference agents on real conversations
	@python demo_runner.py

check: $(FULL_READY) lint  ## lint, types and quick tests, for the inner loop
	pytest tests -m "not (slow or deep or model or browser)" $(WORKERS)

lint: $(FULL_READY)
	ruff check .
	ruff format --check .
	mypy

test: $(FULL_READY) model lint  ## lint, types, verify, quick demo, tests, notebooks
	coursekit verify
	python demo_runner.py --quick
	pytest tests solutions --nbval -m "not deep" $(WORKERS)

test-deep: $(FULL_READY) model  ## the long tests that `make test` leaves out
	pytest tests -m deep $(WORKERS)

lab: model  ## open the course in JupyterLab
	@PYTHONSTARTUP="$(CURDIR)/src/coursekit/jupyter/startup.py" \
		JUPYTER_CONFIG_PATH="$(CURDIR)/src/coursekit/jupyter" jupyter lab --ServerApp.root_dir="$(CURDIR)" \
		--LabApp.default_url=/progress

verify: $(FULL_READY)  ## check the course itself
	coursekit verify

bench: $(BENCH_READY)  ## measure naive, ours and peers side by side
	python -m benchmarks

site: $(SITE_READY)  ## build the course as pages, with notebooks that run in them
	python -m tools.site

hub-env: $(HUB_READY)  ## install a JupyterHub for a class, see docs/deploying.md

format: $(FULL_READY)  ## format and fix what can be fixed
	ruff check --fix .
	ruff format .

lock:  ## renew the lock files after a change of dependencies
	$(LOCK) --extra course -o requirements.lock
	$(LOCK) --extra all -c requirements.lock -o requirements-all.lock
	$(LOCK) --extra all --extra site -c requirements-all.lock -o requirements-site.lock
	$(LOCK) --extra hub -c requirements-all.lock -o requirements-hub.lock
	$(subst pyproject.toml,tools/hub/ngshare.in,$(LOCK)) -o tools/hub/ngshare.lock
	$(LOCK) --extra all --extra bench -c requirements-all.lock -o requirements-bench.lock

clean:  ## remove what was generated, but not the model
	rm -rf $(VENV) out build .pytest_cache .hypothesis .mypy_cache .ruff_cache
