.DEFAULT_GOAL := help
.PHONY: help run test lint schemas check bench test-spark lock clean

BIN := .venv/bin

help: ## Show what there is to make
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

run: ## Start the web platform with demonstration data on http://127.0.0.1:8000
	@scripts/setup run
	@$(BIN)/huiqi serve --demo

test: lint ## Check style, types, borders between packages, then run the tests
	@scripts/postgres
	@scripts/chromium
	$(BIN)/python -m pytest -n logical --maxprocesses 4
	$(BIN)/python -m tests.on_postgres -n logical --maxprocesses 4

lint: ## Check style, types and borders only
	@scripts/setup dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

schemas: ## Write the JSON Schemas of the definition files to docs/schema/
	@scripts/setup run
	@scripts/schemas

check: ## Check all definition files and run their examples
	@scripts/setup run
	$(BIN)/huiqi check

bench: ## Measure the engine against its peers and write docs/benchmarks.md
	@scripts/setup bench
	$(BIN)/python -m benchmarks

test-spark: ## Run the Spark tests; needs Java 17 or newer
	@scripts/setup dev
	@scripts/setup spark
	$(BIN)/python -m pytest -m spark

UPGRADE ?=
COMPILE = UV_CUSTOM_COMPILE_COMMAND='make lock' $(BIN)/uv pip compile --quiet \
	--universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --system-certs \
	$(if $(UPGRADE),--upgrade)

lock: ## Resolve requirements/*.txt again; UPGRADE=1 takes newer versions
	@scripts/setup lock
	$(COMPILE) pyproject.toml --group build --output-file requirements/run.txt
	$(COMPILE) pyproject.toml --constraints requirements/run.txt --group build --group dev --output-file requirements/dev.txt
	$(COMPILE) pyproject.toml --constraints requirements/dev.txt --group build --group bench --output-file requirements/bench.txt
	$(COMPILE) pyproject.toml --constraints requirements/dev.txt --group build --group spark --output-file requirements/spark.txt
	$(COMPILE) --group lock --output-file requirements/lock.txt

clean: ## Remove what was built and cached, but not .venv
	rm -rf build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find src tests benchmarks -name __pycache__ -prune -exec rm -rf {} +
