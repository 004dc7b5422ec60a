# make chat      install what is missing, ingest the seeds (or DOCS=folder; KEEP_SAMPLES=1: beside them), serve the page
# make ask Q="…" ask one question in the terminal
# make test      lint, types, import directions and the test suite
# make eval-gate quality against the floors of evals/gates.toml
# make test-slow the long suites
# make screenshots the pictures in docs, of the page in each of its states; needs chromium
QUARRY = .venv/bin/quarry
override export Q := $(value Q)
.PHONY: chat ask test eval-gate test-slow screenshots check setup lock

chat: setup
	@$(QUARRY) serve $(if $(DOCS),--ingest "$(DOCS)",--samples seeds) $(if $(KEEP_SAMPLES),--keep-samples)

ask: setup
	@$(QUARRY) ask --samples seeds -- "$$Q"

test: check
	.venv/bin/python -m pytest -n 2 --dist loadfile

eval-gate: setup
	.venv/bin/python -m evals gate

test-slow: setup
	.venv/bin/python -m pytest -m slow --timeout 3600

screenshots: setup
	.venv/bin/python tools/screenshots.py

check: setup
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports

setup:
	@tools/setup

# torch's CPU build, as in tools/setup: the CUDA one would bring 19 packages more.
lock: setup
	@$(if $(PIP_FIND_LINKS),UV_FIND_LINKS="$(PIP_FIND_LINKS)",UV_TORCH_BACKEND=cpu) .venv/bin/uv pip compile pyproject.toml \
	    --all-extras --python-version 3.11 --no-annotate --no-header -q -o constraints.new
	@{ head -2 constraints.txt; sed 's/^torch==\(.*\)+cpu/torch==\1/' constraints.new; } > constraints.both
	@mv constraints.both constraints.txt && rm constraints.new
