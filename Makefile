# `make` alone lists what can be made. Needed: make, and Python 3.11 or later; everything else is set up in .venv, once.

# ---- options

# What a derivation can be asked; each is an option of `derive gradient`, and `make derivation` passes it on.
ASKED := W TARGET ALL LAYER SIZES ACTIVATION LOSS MODEL UPSTREAM NOTATION LETTERS
SHOWN := DETAIL VIEWS FORMATS MARKS PDF_ENGINE LANGUAGE TEMPLATES OUT
# What worksheets can be asked; FORMATS, LANGUAGE, TEMPLATES and OUT are theirs too.
PRINTED := PLAN SEED VARIANTS
# What is marked by what; FORMATS, LANGUAGE, TEMPLATES and OUT as well.
MARKED := KEY ANSWERS RESTART
OPTIONS := $(ASKED) $(SHOWN) $(PRINTED) $(MARKED) TESTS LIMIT PYTHON

# Options come from the command line of make alone: a variable LOSS that happens to be set in a shell is nobody's wish.
# A misspelt one is an error, or it would be ignored in silence.
GIVEN := $(foreach name,$(.VARIABLES),$(if $(findstring command line,$(origin $(name))),$(name)))
UNKNOWN := $(filter-out $(OPTIONS),$(GIVEN))
$(if $(UNKNOWN),$(error unknown option $(firstword $(UNKNOWN)): it must be one of $(OPTIONS)))

# No text in an option is ever run. Make would expand a $ in it when it hands it on, so each option is replaced by the
# very text that was typed, which := stores unexpanded; and recipes name it only as "$$W", where the shell takes the
# value from the environment, as one argument, and looks into it no further.
$(foreach name,$(filter $(OPTIONS),$(GIVEN)),$(eval override $(name) := $$(value $(name)))$(eval export $(name)))
$(foreach name,$(filter-out $(GIVEN),$(OPTIONS)),$(eval unexport $(name)))

WHAT := $${W+--weight="$$W"} $${ALL+--all} $${LAYER+--layer="$$LAYER"} $${SIZES+--sizes="$$SIZES"} \
	$${ACTIVATION+--activation="$$ACTIVATION"} $${LOSS+--loss="$$LOSS"} $${MODEL+--model="$$MODEL"} \
	$${UPSTREAM+--upstream="$$UPSTREAM"} $${NOTATION+--notation="$$NOTATION"} \
	$${LETTERS+--letters="$$LETTERS"}
WORDS := $${LANGUAGE+--language="$$LANGUAGE"} $${TEMPLATES+--templates="$$TEMPLATES"}
HOW := $${DETAIL+--detail="$$DETAIL"} $${VIEWS+--views="$$VIEWS"} $${FORMATS+--formats="$$FORMATS"} \
	$${MARKS+--marks="$$MARKS"} $${PDF_ENGINE+--pdf-engine="$$PDF_ENGINE"} $(WORDS) --out="$${OUT-output}"
SHEETS := $${SEED+--seed="$$SEED"} $${VARIANTS+--variants="$$VARIANTS"} $${FORMATS+--formats="$$FORMATS"} \
	$(WORDS) $${OUT+--out="$$OUT"} $${PLAN+-- "$$PLAN"}
MARKING := $${RESTART+--restart} $${FORMATS+--formats="$$FORMATS"} $(WORDS) \
	$${OUT+--out="$$OUT"} -- "$$KEY" "$$ANSWERS"
TARGET_LAST := $${TARGET+-- "$$TARGET"}

# ---- what can be made

MAKEFLAGS += --no-builtin-rules --no-print-directory
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help derivation verify worksheet key mark models options test lint format golden gallery bench build clean

help: ## this list | make
	@sed -n 's/^\([a-z]*\):.*## \(.*\) | \(.*\)/\1|\2|\3/p' Makefile | while IFS='|' read -r name what example; do \
		printf '%-12s%s\n            %s\n' "$$name" "$$what" "$$example"; done
	@echo 'Options of a derivation: $(ASKED) $(SHOWN)'
	@echo 'Options of worksheets and keys: $(PRINTED) FORMATS LANGUAGE TEMPLATES OUT'
	@echo 'Options of marking: $(MARKED) FORMATS LANGUAGE TEMPLATES OUT'
	@echo 'make options tells what they mean.'

derivation: .venv/.ready ## a gradient step by step, in output/ | make derivation W=1,2 SIZES=6,4 ACTIVATION=sigmoid
	@.venv/bin/python -m derive gradient $(WHAT) $(HOW) $(TARGET_LAST)

verify: .venv/.ready ## how each step of a derivation was checked | make verify W=1,2
	@.venv/bin/python -m derive verify $(WHAT) $(TARGET_LAST)

worksheet: .venv/.ready ## worksheets with their answer keys, in output/ | make worksheet PLAN=week-6.toml VARIANTS=30
	@.venv/bin/python -m derive worksheet $(SHEETS)

key: .venv/.ready ## the answer keys alone | make key PLAN=output/worksheet-key.json OUT=keys
	@.venv/bin/python -m derive key $(SHEETS)

mark: .venv/.ready ## a class's answers marked, in output/ | make mark KEY=output/worksheet-key.json ANSWERS=answers.csv
	@.venv/bin/python -m derive mark $(MARKING)

models: .venv/.ready ## the ready models, or one of them as text | make models MODEL=lesson
	@.venv/bin/python -m derive models $${MODEL+-- "$$MODEL"}

options: .venv/.ready ## what the options of a derivation mean | make options
	@.venv/bin/python -m derive gradient --help

test: lint tests/node_modules ## lint, type-check and test everything, or some tests | make test TESTS=tests/test_cli.py
	@.venv/bin/python -m pytest -q $${TESTS+"$$TESTS"}

lint: .venv/.ready-to-test ## Ruff and mypy only | make lint
	@.venv/bin/ruff check --quiet .
	@.venv/bin/ruff format --check --quiet .
	@.venv/bin/mypy

format: .venv/.ready-to-test ## bring the code into shape | make format
	@.venv/bin/ruff check --quiet --fix .
	@.venv/bin/ruff format --quiet .

golden: .venv/.ready ## renew the example derivations that the tests compare with | make golden
	@.venv/bin/python tests/golden.py

gallery: .venv/.ready-to-test ## every construct in every format, in output/gallery, to look at | make gallery
	@.venv/bin/python tests/gallery.py

bench: .venv/.ready-to-test ## how fast it is, as ratios, in one table; seconds a run may take | make bench LIMIT=900
	@.venv/bin/python bench/run.py $${LIMIT+--limit="$$LIMIT"}
	@.venv/bin/python bench/marking.py

build: .venv/.ready-to-test ## the wheel and the source archive, in dist/ | make build
	@.venv/bin/python -m hatchling build

clean: ## remove what was set up, not what was derived | make clean
	@rm -rf .venv build dist tests/node_modules .hypothesis .mypy_cache .pytest_cache .ruff_cache
	@find . -name __pycache__ -prune -exec rm -rf {} +

# ---- setting up

PIP := .venv/bin/python -m pip --disable-pip-version-check --quiet

.venv/.ready: pyproject.toml
	@$(PIP) --version >/dev/null 2>&1 || { $(FIND_PYTHON); echo "Setting up .venv with $$found, once" >&2; \
		"$$found" -m venv --clear .venv; }
	@$(PIP) install --editable '.[pdf]'
	@.venv/bin/python -m compileall -q derive
	@touch $@

.venv/.ready-to-test: .venv/.ready
	@$(PIP) install --editable '.[dev]'
	@touch $@

# KaTeX judges the printed mathematics in the tests; where it cannot be had, those tests are skipped and say so.
tests/node_modules:
	@npm install --silent --no-save --no-package-lock --prefix tests katex@^0.16.9 \
		|| echo 'KaTeX could not be installed with npm, so the tests that need it will be skipped' >&2

# Shell: $found is a Python that is new enough and can make a virtual environment.
define FIND_PYTHON
set -- "$$PYTHON"; [ -n "$$PYTHON" ] || set -- python3 python3.14 python3.13 python3.12 python3.11; \
found=; lacking=; for python do \
	if "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
		if "$$python" -c 'import ensurepip, venv' 2>/dev/null; then found=$$python; break; fi; lacking=$$python; \
	fi; \
done; \
if [ -z "$$found" ] && [ -n "$$lacking" ]; then \
	echo "derive: $$lacking cannot make virtual environments: install its module venv" \
		"(on Debian and Ubuntu: apt install python3-venv), then run make again" >&2; exit 2; \
elif [ -z "$$found" ]; then \
	echo "derive: Python 3.11 or later is needed and was not found ($$*): install it, or name it," \
		"make PYTHON=/path/to/python" >&2; exit 2; \
fi
endef
