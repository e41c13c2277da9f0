"""What the four databases say differently: wide integers, sets, dates and whole division.

Everything else in a statement is the same tree, written out by sqlglot.
"""

from __future__ import annotations

from datetime import date
from enum import IntEnum
from functools import reduce

from sqlglot import exp
from sqlglot.dialects.dialect import Dialect as SqlglotDialect
from sqlglot.generator import Generator

INT32, INT64 = 2**31 - 1, 2**63 - 1
EPOCH = date(1970, 1, 1)


class Width(IntEnum):
    """How many digits an integer expression can hold."""

    INT = 1
    BIG = 2
    WIDE = 3

    @classmethod
    def of(cls, *values: int) -> Width:
        largest = max(map(abs, values))
        return cls.INT if largest <= INT32 else cls.BIG if largest <= INT64 else cls.WIDE


class NotExpressible(Exception):
    """A rule does not fit the dialect: a number could be wider than its widest integer."""


class Dialect:
    """DuckDB; the other dialects say where they differ."""

    name = "duckdb"
    title = "DuckDB"
    wide_type = "HUGEINT"
    widest: int | None = 2**127 - 1
    """Largest magnitude of a wide integer; None: no limit."""

    comments_in_columns = False
    """Whether CREATE TABLE takes a COMMENT after each column."""

    engine: str | None = None
    """The storage engine that CREATE TABLE has to name."""

    quotient_is_big = False
    """Whether whole division answers in eight bytes, whatever it divides."""

    unknown_set = ""
    """How the comment of a set says what an unknown one is, where that is not NULL."""

    @property
    def wide(self) -> exp.DataType:
        return exp.DataType.build(self.wide_type, dialect=self.name)

    def text(self, statement: exp.Expr) -> str:
        """The statement as people read it."""
        return _WRITERS[self.name](dialect=self.name, pretty=True).generate(statement)

    def identifier(self, name: str) -> exp.Identifier:
        """A name, quoted only when it is a word of the language."""
        return exp.to_identifier(name, quoted=name.upper() in _KEYWORDS[self.name])

    # --- types and literals ------------------------------------------------------------------

    def type(self, kind: str) -> exp.DataType:
        """The column type of a kind of fact: number, date, flag, code, set."""
        return exp.DataType.build(
            {"number": "BIGINT", "date": "DATE", "flag": "BOOLEAN", "set": "ARRAY<VARCHAR>"}.get(
                kind, "VARCHAR"
            )
        )

    def key_type(self) -> exp.DataType:
        """The type of ``credit_code``, which is never NULL."""
        return self.type("code")

    def integer(self, value: int) -> exp.Expr:
        if Width.of(value) < Width.WIDE:
            return exp.convert(value)
        return exp.cast(exp.Literal.string(str(value)), self.wide)

    def branch(self, value: int) -> exp.Expr:
        """An integer that a CASE answers."""
        return self.integer(value)

    def widened(self, item: exp.Expr, width: Width) -> exp.Expr:
        return exp.cast(item, self.wide if width == Width.WIDE else self.type("number"))

    def date(self, day: date) -> exp.Expr:
        return exp.cast(exp.Literal.string(day.isoformat()), self.type("date"))

    def days(self, later: exp.Expr, earlier: exp.Expr) -> exp.Expr:
        """Days from one date to another, as a BIGINT."""
        return exp.DateDiff(this=later, expression=earlier, unit=exp.var("DAY"))

    # --- sets --------------------------------------------------------------------------------

    def set_known(self, column: exp.Expr) -> exp.Expr:
        return is_known(column)

    def contains(self, column: exp.Expr, member: str) -> exp.Expr:
        """The member is in the array; NULL when the array is."""
        return exp.ArrayContains(this=column, expression=exp.Literal.string(member))

    def has(self, column: exp.Expr, members: list[str], every: bool) -> exp.Expr:
        tests = [self.contains(column.copy(), member) for member in members]
        return all_of(tests) if every else any_of(tests)

    # --- whole division ----------------------------------------------------------------------

    def quotient(self, left: exp.Expr, right: exp.Expr, width: Width) -> exp.Expr:
        """``left / right`` cut off towards zero; ``right`` is positive, neither over ``width``."""
        return (
            self._wide_quotient(left, right) if width == Width.WIDE else self._quotient(left, right)
        )

    def _quotient(self, left: exp.Expr, right: exp.Expr) -> exp.Expr:
        return exp.IntDiv(this=wrap(left), expression=wrap(right))

    def _wide_quotient(self, left: exp.Expr, right: exp.Expr) -> exp.Expr:
        return self._quotient(left, right)


class Postgres(Dialect):
    name, title = "postgres", "PostgreSQL"
    wide_type, widest = "NUMERIC", None

    def days(self, later: exp.Expr, earlier: exp.Expr) -> exp.Expr:
        # The difference of two dates is an integer of four bytes.
        return exp.cast(exp.Sub(this=later, expression=earlier), self.type("number"))

    def contains(self, column: exp.Expr, member: str) -> exp.Expr:
        # sqlglot's own form makes a NULL array contain nothing.
        return exp.EQ(
            this=exp.Literal.string(member), expression=exp.Any(this=exp.Paren(this=column))
        )

    def _quotient(self, left: exp.Expr, right: exp.Expr) -> exp.Expr:
        return exp.Div(this=wrap(left), expression=wrap(right), typed=True, safe=False)

    def _wide_quotient(self, left: exp.Expr, right: exp.Expr) -> exp.Expr:
        return exp.IntDiv(this=left, expression=right)


class Spark(Dialect):
    name, title = "spark", "Spark"
    wide_type, widest = "DECIMAL(38, 0)", 10**38 - 1
    comments_in_columns = True
    quotient_is_big = True

    def _wide_quotient(self, left: exp.Expr, right: exp.Expr) -> exp.Expr:
        # DIV drops what does not fit in eight bytes; without the rest, / is exact.
        rest = exp.Mod(this=wrap(left.copy()), expression=wrap(right.copy()))
        whole = exp.Sub(this=wrap(left), expression=rest)
        divided = exp.Div(this=exp.Paren(this=whole), expression=wrap(right))
        return exp.cast(divided, self.wide)


class ClickHouse(Dialect):
    """An unknown set is ``[NULL]``: ClickHouse has no NULL arrays. Dates are Date32 (from 1900)."""

    name, title = "clickhouse", "ClickHouse"
    wide_type, widest = "Nullable(Int256)", 2**255 - 1
    comments_in_columns = True
    engine = "MergeTree"
    unknown_set = "；未知写作 [NULL]"

    def type(self, kind: str) -> exp.DataType:
        if kind == "date":
            return exp.DataType.build("Nullable(Date32)", dialect=self.name)
        return super().type(kind)

    def key_type(self) -> exp.DataType:
        return exp.DataType.build("String", dialect=self.name)

    def branch(self, value: int) -> exp.Expr:
        # A CASE of literals would be unsigned, and sums of those have no type with signed ones.
        if Width.of(value) == Width.WIDE:
            return self.integer(value)
        return exp.Anonymous(this="toInt64", expressions=[exp.convert(value)])

    def set_known(self, column: exp.Expr) -> exp.Expr:
        return exp.not_(exp.ArrayContains(this=column, expression=exp.null()))

    def has(self, column: exp.Expr, members: list[str], every: bool) -> exp.Expr:
        return when_known([self.set_known(column.copy())], super().has(column, members, every))

    def _quotient(self, left: exp.Expr, right: exp.Expr) -> exp.Expr:
        return exp.Anonymous(this="intDiv", expressions=[left, right])


DIALECTS: dict[str, Dialect] = {
    dialect.name: dialect for dialect in (Dialect(), Spark(), Postgres(), ClickHouse())
}


def _keywords(name: str) -> frozenset[str]:
    """Words a name must not be without quotes: the dialect's and, where it lists none, DuckDB's."""
    duckdb = SqlglotDialect.get_or_raise("duckdb").generator_class.RESERVED_KEYWORDS
    own = SqlglotDialect.get_or_raise(name).tokenizer_class.KEYWORDS
    return frozenset(word.upper() for word in (*duckdb, *own))


_KEYWORDS = {name: _keywords(name) for name in DIALECTS}


def _writer(name: str) -> type[Generator]:
    """sqlglot's generator of a dialect, with short parentheses on one line, long sums on more."""
    base = SqlglotDialect.get_or_raise(name).generator_class

    class Writer(base):  # type: ignore[misc,valid-type]  # the class is known at run time only
        def paren_sql(self, expression: exp.Paren) -> str:
            inner = str(self.sql(expression, "this"))
            if "\n" in inner or len(inner) > self.max_text_width:
                return str(super().paren_sql(expression))
            return f"({inner})"

        def add_sql(self, expression: exp.Add) -> str:
            text = str(super().add_sql(expression))
            if len(text) <= self.max_text_width:
                return text
            left, right = self.sql(expression, "this"), self.sql(expression, "expression")
            return f"{left}{self.seg('+')} {right}"

    return Writer


_WRITERS = {name: _writer(name) for name in DIALECTS}


# --- forms that all dialects share -------------------------------------------------------------


def wrap(item: exp.Expr) -> exp.Expr:
    """Parentheses around an operation, so that it can be an operand."""
    return exp.Paren(this=item) if isinstance(item, exp.Binary | exp.Neg) else item


def is_known(item: exp.Expr) -> exp.Expr:
    return exp.Is(this=wrap(item), expression=exp.Not(this=exp.null()))


def all_of(items: list[exp.Expr]) -> exp.Expr:
    return _joined(exp.And, items)


def any_of(items: list[exp.Expr]) -> exp.Expr:
    return _joined(exp.Or, items)


def _joined(kind: type[exp.And] | type[exp.Or], items: list[exp.Expr]) -> exp.Expr:
    """One chain, read from the left; parts of the other kind stand in parentheses."""
    parts = [
        exp.Paren(this=item) if isinstance(item, exp.Connector) and len(items) > 1 else item
        for item in items
    ]
    return reduce(lambda left, right: kind(this=left, expression=right), parts)


def when_known(tests: list[exp.Expr], value: exp.Expr) -> exp.Expr:
    """``value``, or NULL unless every test holds."""
    return exp.case().when(all_of(tests), value) if tests else value
