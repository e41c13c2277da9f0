"""Random rules × random firms × random unknowns: one firm, all firms and SQL say the same."""

from __future__ import annotations

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from huiqi.rules.program import Program
from tests.rules.sql.engines import DuckDB, Firm, Postgres, all_firms, check, expected
from tests.rules.sql.graphs import graph_programs, lowered_programs
from tests.rules.world import FIRMS, VOCABULARY

SOME_FIRMS = st.lists(FIRMS, min_size=1, max_size=12)
# The fixture holds a connection; nothing of one example is left for the next.
SHARED = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    max_examples=max(settings.default.max_examples // 2, 1),
)


@pytest.fixture(scope="module")
def duckdb() -> DuckDB:
    return DuckDB()


@given(lowered_programs(), SOME_FIRMS)
def test_expressions_on_duckdb(duckdb: DuckDB, program: Program, firms: list[Firm]) -> None:
    check(duckdb, program, VOCABULARY, firms)
    assert all_firms(program, firms) == expected(program, firms)


@given(graph_programs(), SOME_FIRMS)
def test_graphs_on_duckdb(duckdb: DuckDB, program: Program, firms: list[Firm]) -> None:
    check(duckdb, program, VOCABULARY, firms)
    assert all_firms(program, firms) == expected(program, firms)


@SHARED
@given(lowered_programs(), SOME_FIRMS)
def test_expressions_on_postgres(
    postgres: psycopg.Connection, program: Program, firms: list[Firm]
) -> None:
    check(Postgres(postgres), program, VOCABULARY, firms)


@SHARED
@given(graph_programs(), SOME_FIRMS)
def test_graphs_on_postgres(
    postgres: psycopg.Connection, program: Program, firms: list[Firm]
) -> None:
    check(Postgres(postgres), program, VOCABULARY, firms)
