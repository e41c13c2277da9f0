"""Every policy file that is shipped, as SQL, on firms at its bounds."""

from __future__ import annotations

from functools import cache

import psycopg
import pytest
import sqlglot
from sqlglot import exp

from huiqi.rules.jurisdiction import Jurisdiction, load_jurisdiction
from huiqi.rules.program import compile_policies
from huiqi.rules.sql.dialects import DIALECTS
from huiqi.rules.sql.statements import policy_statement
from huiqi.rules.sql.table import create_table
from tests.rules.policies import ROOT
from tests.rules.sql.engines import DuckDB, Engine, Postgres, check
from tests.rules.sql.shipped import PLACES, compiled, firms_near, occasions


@cache
def place(code: str) -> Jurisdiction:
    return load_jurisdiction(ROOT, code)


def agrees(engine: Engine, code: str, count: int) -> None:
    for on, policies in occasions(place(code)).items():
        program, labels = compiled(place(code), policies, on)
        firms = firms_near(program, place(code).vocabulary, count, seed=count)
        check(engine, program, place(code).vocabulary, firms, labels)


@pytest.mark.parametrize("code", PLACES)
def test_on_duckdb(code: str) -> None:
    agrees(DuckDB(), code, 300)


@pytest.mark.parametrize("code", PLACES)
def test_on_postgres(code: str, postgres: psycopg.Connection) -> None:
    agrees(Postgres(postgres), code, 150)


@pytest.mark.parametrize("code", PLACES)
def test_clickhouse_text_can_be_parsed(code: str) -> None:
    dialect, vocabulary = DIALECTS["clickhouse"], place(code).vocabulary
    for on, policies in occasions(place(code)).items():
        for policy in policies:
            program = compile_policies([policy], vocabulary, place(code).moment(on))
            query = policy_statement(policy, program, vocabulary, dialect)
            read = sqlglot.parse_one(dialect.text(query), read=dialect.name)
            assert read.named_selects == query.named_selects
            (create,) = create_table(program.facts, vocabulary, dialect)
            assert isinstance(
                sqlglot.parse_one(dialect.text(create), read=dialect.name), exp.Create
            )
