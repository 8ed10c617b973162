# Everything on a fresh machine with Python 3.11+ and make: `make briefings`, `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
COUNTRIES ?= SWE
# Another project's modules must not stand in for ours.
unexport PYTHONPATH PYTHONHOME

.PHONY: help briefings test lint lab install lock pyam clean
.DEFAULT_GOAL := help

# The environment holds its own path: one that was moved or copied here is made anew.
ifneq ($(shell head -n 1 $(READY) 2>/dev/null),$(CURDIR))
.PHONY: $(READY)
endif

define RIGHT_PYTHON
{ command -v $(PYTHON) >/dev/null || { \
  echo "npr needs Python 3.11 or later; there is no $(PYTHON) here. Say which one to use: make PYTHON=python3.12 ..." >&2; exit 2; }; \
  $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
  echo "npr needs Python 3.11 or later; $(PYTHON) is older. Say which one to use: make PYTHON=python3.12 ..." >&2; exit 2; }; }
endef

help: ## list these commands
	@grep -hE '^[a-z]+:.*##' Makefile | sed -E 's/^([a-z]+):.*## /\1\t/' | expand -t 14

$(READY): requirements.lock pyproject.toml
	@$(RIGHT_PYTHON) && $(PYTHON) .ci/set_up.py

briefings: $(READY) ## set up and render the briefings into reports/ (COUNTRIES="SWE FIN")
	@$(BIN)/npr build $(foreach country,$(value COUNTRIES),--country '$(subst ','\'',$(country))')

test: $(READY) lint ## set up and run every check and test
	@$(BIN)/python -m pytest -n 2

lint: $(READY)
	@$(BIN)/ruff check --quiet . && $(BIN)/ruff format --quiet --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache
	@$(BIN)/nbstripout --verify --keep-id --extra-keys "metadata.papermill cell.metadata.papermill metadata.language_info" notebooks/*.ipynb

lab: $(READY) ## open JupyterLab on the notebooks
	@$(BIN)/jupyter lab --notebook-dir=. --LabApp.default_url=/lab/tree/notebooks

install: ## install the lock and the project into the Python that is active, such as conda's
	@$(RIGHT_PYTHON) && $(PYTHON) .ci/set_up.py --here

lock: ## resolve the dependencies of pyproject.toml into requirements.lock (needs uv)
	@uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links \
	  --custom-compile-command "make lock" --extra dev --output-file requirements.lock pyproject.toml

pyam: $(READY) ## let pyam read what `npr scenarios` exports, in an environment of its own
	@[ -x .venv-pyam/bin/python ] || { $(PYTHON) -m venv .venv-pyam && .venv-pyam/bin/pip install --quiet pyam-iamc openpyxl "sqlalchemy<2.1"; }
	@NPR_PYAM=.venv-pyam/bin/python $(BIN)/python -m pytest -q -k pyam tests/publish/test_outlooks.py

clean: ## remove what was built and the virtual environment
	@rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .import_linter_cache reports/*/ reports/index.html
