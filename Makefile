# Two commands do all set-up: `make demo` and `make test`. Both make .venv from the hashed lock themselves.
VENV := .venv
PY   := $(VENV)/bin/python
ARGS ?=
# Debian's own Python where there is one: built with profiles, it takes a sixth less CPU a bill than one that is not.
PYTHON ?= $(shell /usr/bin/python3 -c 'import ensurepip, sys; assert sys.version_info >= (3, 11)' 2>/dev/null \
	&& echo /usr/bin/python3 || echo python3)

.PHONY: demo test lint format lock load bench bench-big soak clean

$(VENV)/ready: requirements.lock pyproject.toml
	test -x $(PY) || $(PYTHON) -m venv $(VENV)
	$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(PY) -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

demo: $(VENV)/ready  ## plays a morning through both doors on an embedded PostgreSQL
	@$(VENV)/bin/gateway demo $(ARGS)

test: lint  ## everything CI checks
	$(PY) -m pytest -n 4 --dist worksteal -m "not soak" $(ARGS)

load: $(VENV)/ready  ## two minutes of stairs on a stack of its own, audited; bundle and report go to build/load/
	@$(PY) -m loadtests stairs --out build/load/stairs.json $(ARGS)

bench: $(VENV)/ready  ## the ratios beside plain PostgreSQL, five interleaved rounds; build/bench.json
	@$(PY) -m loadtests.bench $(ARGS)

bench-big: $(VENV)/ready  ## the same gateway beside a million settled bills, and beside none; wants 40 GB of disk
	@$(PY) -m loadtests.bench.big $(ARGS)

soak: $(VENV)/ready  ## the long runs: the slow tests, then ten minutes of load at 70 % of the knee, judged by limits
	$(PY) -m pytest -n 2 -m soak $(ARGS)
	@$(PY) -m loadtests soak --out build/load/soak.json
	@$(PY) -m loadtests.thresholds build/load/soak.json

lint: $(VENV)/ready
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/ruff check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports

format: $(VENV)/ready
	$(VENV)/bin/ruff format .
	$(VENV)/bin/ruff check --fix .

lock:  ## rewrites requirements.lock from pyproject.toml; needs uv
	uv pip compile --universal --generate-hashes --no-emit-index-url --no-emit-find-links --no-header \
		--python-version 3.11 --extra dev -o requirements.lock pyproject.toml

clean:
	rm -rf $(VENV) build .pytest_cache .mypy_cache .ruff_cache
