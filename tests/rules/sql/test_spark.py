"""The Spark text on a local Spark: `make test-spark`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from huiqi.rules.jurisdiction import load_jurisdiction
from huiqi.rules.program import Program
from huiqi.rules.sql.dialects import DIALECTS
from tests.rules.policies import ROOT
from tests.rules.sql.engines import Answer, Firm, Table, check
from tests.rules.sql.graphs import graph_programs, lowered_programs
from tests.rules.sql.shipped import PLACES, compiled, firms_near, occasions
from tests.rules.world import FIRMS, VOCABULARY

pytestmark = pytest.mark.spark

# Planning a statement takes Spark the better part of a second.
FEW = settings(max_examples=max(settings.default.max_examples // 6, 1))
SOME_FIRMS = st.lists(FIRMS, min_size=4, max_size=12)


class Spark:
    dialect = DIALECTS["spark"]

    def __init__(self, session: Any) -> None:
        self.session = session

    def fill(self, table: Table) -> None:
        schema = ", ".join(
            f"`{column.name}` {self.dialect.text(column.type)}" for column in table.columns
        )
        frame = self.session.createDataFrame(table.rows(), schema)
        frame.createOrReplaceTempView("enterprises")

    def rows(self, statement: str) -> Answer:
        return [tuple(row) for row in self.session.sql(statement).collect()]


@pytest.fixture(scope="module")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Spark]:
    from pyspark.sql import SparkSession

    session = (
        SparkSession.builder.master("local[2]")
        .config("spark.sql.warehouse.dir", str(tmp_path_factory.mktemp("warehouse")))
        .config("spark.ui.enabled", "false")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.sql.shuffle.partitions", "2")
        .config("spark.log.level", "ERROR")
        .getOrCreate()
    )
    yield Spark(session)
    session.stop()


@FEW
@given(lowered_programs(), SOME_FIRMS)
def test_expressions(spark: Spark, program: Program, firms: list[Firm]) -> None:
    check(spark, program, VOCABULARY, firms)


@FEW
@given(graph_programs(), SOME_FIRMS)
def test_graphs(spark: Spark, program: Program, firms: list[Firm]) -> None:
    check(spark, program, VOCABULARY, firms)


@pytest.mark.parametrize("code", PLACES)
def test_shipped_policies(spark: Spark, code: str) -> None:
    place = load_jurisdiction(ROOT, code)
    for on, policies in occasions(place).items():
        program, labels = compiled(place, policies, on)
        firms = firms_near(program, place.vocabulary, 200, seed=1)
        check(spark, program, place.vocabulary, firms, labels)


def test_the_table_can_be_created(spark: Spark) -> None:
    table = Table(VOCABULARY, list(VOCABULARY.facts), [], spark.dialect)
    (text,) = table.create()
    spark.session.sql(f"EXPLAIN {text}").collect()
