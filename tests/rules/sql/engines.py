"""Databases that run the statements in tests, and what the answers have to be."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import duckdb
import polars as pl
import psycopg
from hypothesis import reject

from huiqi.rules import ir
from huiqi.rules.batch.firms import AllFirms
from huiqi.rules.program import Program
from huiqi.rules.single import SingleFirm
from huiqi.rules.sql.dialects import DIALECTS, Dialect, NotExpressible
from huiqi.rules.sql.expressions import Translator
from huiqi.rules.sql.statements import Label, rule_statement
from huiqi.rules.sql.table import KEY, Column, columns, create_table, readable
from huiqi.rules.vocabulary import Vocabulary

Firm = Mapping[str, int | None]
Answer = list[tuple[Any, ...]]
STATUS = {ir.FALSE: "ineligible", ir.UNKNOWN: "undetermined", ir.TRUE: "eligible"}
_POLARS = {
    "number": pl.Int64,
    "date": pl.Date,
    "flag": pl.Boolean,
    "code": pl.String,
    "set": pl.List(pl.String),
}
TRUTH = {ir.FALSE: False, ir.UNKNOWN: None, ir.TRUE: True}


class Engine(Protocol):
    """Runs a statement over a table that holds these firms."""

    dialect: Dialect

    def fill(self, table: Table) -> None:
        """Make the table anew with these rows."""

    def rows(self, statement: str) -> Answer: ...


@dataclass(frozen=True)
class Table:
    """The table of some firms in one dialect."""

    vocabulary: Vocabulary
    keys: Sequence[str]
    firms: Sequence[Firm]
    dialect: Dialect

    @property
    def columns(self) -> list[Column]:
        return columns(self.keys, self.vocabulary, self.dialect)

    def create(self) -> list[str]:
        made = create_table(self.keys, self.vocabulary, self.dialect)
        return [self.dialect.text(statement) for statement in made]

    def rows(self) -> Answer:
        facts = [self.vocabulary[column.name] for column in self.columns[1:]]
        return [
            (credit_code(number), *(readable(fact, firm.get(fact.key)) for fact in facts))
            for number, firm in enumerate(self.firms)
        ]

    def frame(self) -> pl.DataFrame:
        types = {KEY: pl.String} | {c.name: _POLARS[self.kind(c)] for c in self.columns[1:]}
        return pl.DataFrame(self.rows(), schema=types, orient="row")

    def kind(self, column: Column) -> str:
        return self.vocabulary[column.name].type


def credit_code(number: int) -> str:
    return f"F{number:05}"


class DuckDB:
    dialect = DIALECTS["duckdb"]

    def __init__(self) -> None:
        self.connection = duckdb.connect()

    def fill(self, table: Table) -> None:
        self.connection.execute("DROP TABLE IF EXISTS enterprises")
        for text in table.create():
            self.connection.execute(text)
        # Far quicker than row by row.
        self.connection.register("frame", table.frame())
        self.connection.execute("INSERT INTO enterprises SELECT * FROM frame")
        self.connection.unregister("frame")

    def rows(self, statement: str) -> Answer:
        return self.connection.execute(statement).fetchall()


class Postgres:
    dialect = DIALECTS["postgres"]

    def __init__(self, connection: psycopg.Connection) -> None:
        self.connection = connection

    def fill(self, table: Table) -> None:
        self.connection.execute("DROP TABLE IF EXISTS enterprises")
        for text in table.create():
            self.connection.execute(text)
        marks = ", ".join("%s" for _ in table.columns)
        with self.connection.cursor() as cursor:
            cursor.executemany(f"INSERT INTO enterprises VALUES ({marks})", table.rows())

    def rows(self, statement: str) -> Answer:
        return self.connection.execute(statement).fetchall()


def expected(program: Program, firms: Iterable[Firm]) -> list[Answer]:
    """What the one-firm evaluator says: the rows of each rule's statement."""
    single = SingleFirm(program)
    answers: list[Answer] = [[] for _ in program.rules]
    for number, firm in enumerate(firms):
        slots = single.slots(firm)
        states, amounts = single.evaluate(slots)
        criteria = iter(single.criteria(slots))
        for rule, state, amount, rows in zip(program.rules, states, amounts, answers, strict=True):
            row = (credit_code(number), rule.key, STATUS[state], amount)
            rows.append((*row, *(TRUTH[next(criteria)] for _ in rule.criteria)))
    return answers


def all_firms(program: Program, firms: Sequence[Firm]) -> list[Answer]:
    """What the batch evaluator says, in the same form."""
    engine = AllFirms(program)
    columns = {key: [firm[key] for firm in firms] for key in program.facts}
    frame = pl.DataFrame(columns or {"none": [0] * len(firms)}, schema_overrides=_integers(columns))
    chunk = engine.chunk(engine.encode(frame))
    answers: list[Answer] = []
    for index, rule in enumerate(program.rules):
        criteria = [chunk.criterion_states(index, part) for part in range(len(rule.criteria))]
        states, (amounts, known) = chunk.states(index), chunk.amounts(index)
        answers.append(
            [
                (
                    credit_code(row),
                    rule.key,
                    STATUS[int(states[row])],
                    int(amounts[row]) if known[row] else None,
                    *(TRUTH[int(part[row])] for part in criteria),
                )
                for row in range(len(firms))
            ]
        )
    return answers


def _integers(keys: Iterable[str]) -> dict[str, type[pl.Int64]]:
    return dict.fromkeys(keys, pl.Int64)


def numbered(program: Program) -> list[list[Label]]:
    """Names for the criteria of random rules."""
    return [
        [Label(f"c{number}", f"条件{number}") for number, _ in enumerate(rule.criteria)]
        for rule in program.rules
    ]


def check(
    engine: Engine,
    program: Program,
    vocabulary: Vocabulary,
    firms: Sequence[Firm],
    labels: Sequence[Sequence[Label]] | None = None,
) -> None:
    """The engine's answers are the one-firm evaluator's, rule by rule.

    A random rule whose numbers the dialect cannot hold is no example.
    """
    statements = []
    for rule, names in zip(program.rules, labels or numbered(program), strict=True):
        translator = Translator(program.builder, vocabulary, engine.dialect)
        try:
            statements.append(engine.dialect.text(rule_statement(rule, names, translator)))
        except NotExpressible:
            if labels is not None:
                raise
            reject()
    engine.fill(Table(vocabulary, program.facts, firms, engine.dialect))
    for statement, wanted in zip(statements, expected(program, firms), strict=True):
        assert sorted(engine.rows(statement)) == wanted, statement
