# Everything a clone needs. Only Python 3.11, make, git and the package registries are assumed.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
# Slack's three seconds hold for a desk that has the machine to itself: the whole desk at work, the browser and the
# demo's and the faults' processes come one after the other, the rest beside one another.
ALONE  := tests/loop tests/sandbox/page tests/web/browser tests/demo tests/faults
PIP    := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.PHONY: demo run keys test alone check bench soak fuzz browser lock clean

demo: $(VENV)/.runtime  ## a workspace in the browser, with no account anywhere
	$(BIN)/referrals demo

run: $(VENV)/.runtime  ## one process against a real workspace, from .env
	$(BIN)/referrals run

keys: $(VENV)/.runtime  ## fresh keys, added to .env unless it has some
	@if grep -qs '^ENCRYPTION_KEYS=' .env; then echo ".env has keys already; they are kept"; exit 1; fi
	@umask 077; $(BIN)/referrals keys >> .env && echo "The keys are in .env; keep a copy somewhere safe."

test: $(VENV)/.dev browser  ## everything, or make test ARGS="tests/referrals -x"
	$(BIN)/python -m pytest -n auto --dist loadfile $(or $(ARGS),$(ALONE:%=--ignore=%))
	$(if $(ARGS),,$(MAKE) alone)

alone: $(VENV)/.dev browser  ## these only; ARGS takes their place: make alone ARGS=tests/faults
	$(BIN)/python -m pytest $(or $(ARGS),$(ALONE))

check: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/.dev  ## make bench ARGS="decisions growth"
	$(BIN)/python -m bench $(ARGS)

soak: $(VENV)/.dev  ## make soak ARGS="--minutes 10 --seed 7"
	$(BIN)/python -m bench.soak $(ARGS)

fuzz: $(VENV)/.dev  ## 100,000 generated requests; make fuzz ARGS="--fuzz-seed=1" repeats a run
	$(BIN)/python -m pytest tests/fuzz --timeout 3000 --fuzz-requests=100000 $(ARGS)

# The browser tests drive Debian's Chromium. It is installed where it is missing and we may.
browser:
	@test -x /usr/bin/chromium || if [ "$$(id -u)" = 0 ]; then \
	  apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -y -q chromium fonts-noto-core fonts-noto-cjk; \
	else echo "The browser tests need Chromium: sudo apt-get install chromium"; exit 1; fi

lock:  ## needs uv; writes hashes, and no index host
	uv pip compile pyproject.toml --extra sandbox --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" -o requirements.lock -q
	uv pip compile pyproject.toml --extra dev -c requirements.lock --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" -o requirements-dev.lock -q

clean:
	rm -rf $(VENV) .demo .soak build dist

# Debian's Python comes without venv; where it is missing and we may, it is installed too.
$(VENV)/bin/python:
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || if [ "$$(id -u)" = 0 ]; then \
	  apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -y -q python3-venv; \
	else echo "Python's venv is missing: sudo apt-get install python3-venv"; exit 1; fi
	$(PYTHON) -m venv $(VENV)

$(VENV)/.runtime: requirements.lock pyproject.toml | $(VENV)/bin/python
	$(PIP) --require-hashes -r requirements.lock
	$(PIP) --no-deps --editable .
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.runtime
	$(PIP) --require-hashes -r requirements-dev.lock
	@touch $@
