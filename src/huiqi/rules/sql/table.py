"""The table a statement reads: one row a firm, one column a fact, in a form people can read.

===========  ==============  ====================================================================
fact         column          content
===========  ==============  ====================================================================
number       BIGINT          the stored integer: money in fen 分, shares in millionths, scores in
                             hundredths, people, months and pieces as they are
date         DATE            the day
flag         BOOLEAN         是 true, 否 false
code         VARCHAR         the value; industries 1311 or C, areas 632801, as in the code tables
set          VARCHAR[]       the members; the empty array is 一项也没有
===========  ==============  ====================================================================

NULL is unknown 待定. The row is identified by ``credit_code`` 统一社会信用代码.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from sqlglot import exp

from huiqi.rules.codes import CodeTree
from huiqi.rules.dates import from_days
from huiqi.rules.sql.dialects import Dialect
from huiqi.rules.units import PLAIN, example_unit
from huiqi.rules.vocabulary import FactDefinition, Vocabulary

KEY = "credit_code"
KEY_COMMENT = "统一社会信用代码"
ENTERPRISES = "enterprises"


@dataclass(frozen=True)
class Column:
    """One column of the table."""

    name: str
    type: exp.DataType
    comment: str


def columns(keys: Iterable[str], vocabulary: Vocabulary, dialect: Dialect) -> list[Column]:
    """The columns for these facts, ``credit_code`` first, then in the vocabulary's order."""
    facts = sorted((vocabulary[key] for key in set(keys) - {KEY}), key=lambda f: f.position)
    first = Column(KEY, dialect.key_type(), KEY_COMMENT)
    return [first, *(Column(f.key, dialect.type(f.type), describe(f, dialect)) for f in facts)]


def create_table(
    keys: Iterable[str], vocabulary: Vocabulary, dialect: Dialect, table: str = ENTERPRISES
) -> list[exp.Expr]:
    """The statements that make the table, its columns commented."""
    shown = columns(keys, vocabulary, dialect)
    definitions = [_definition(column, dialect) for column in shown]
    schema = exp.Schema(this=exp.to_table(table, dialect=dialect.name), expressions=definitions)
    create = exp.Create(this=schema, kind="TABLE", properties=_properties(dialect))
    if dialect.comments_in_columns:
        return [create]
    return [create, *(_comment(column, dialect, table) for column in shown)]


def _properties(dialect: Dialect) -> exp.Properties | None:
    if dialect.engine is None:
        return None
    engine = exp.EngineProperty(this=exp.to_identifier(dialect.engine))
    order = exp.Order(expressions=[exp.Ordered(this=exp.column(KEY), nulls_first=False)])
    return exp.Properties(expressions=[engine, order])


def _definition(column: Column, dialect: Dialect) -> exp.ColumnDef:
    definition = exp.ColumnDef(this=dialect.identifier(column.name), kind=column.type.copy())
    if column.name == KEY:
        required = exp.ColumnConstraint(kind=exp.NotNullColumnConstraint())
        definition.append("constraints", required)
    if dialect.comments_in_columns:
        comment = exp.CommentColumnConstraint(this=exp.Literal.string(column.comment))
        definition.append("constraints", exp.ColumnConstraint(kind=comment))
    return definition


def _comment(column: Column, dialect: Dialect, table: str) -> exp.Comment:
    place = exp.to_table(table, dialect=dialect.name)
    named = exp.column(dialect.identifier(column.name), table=place.this, db=place.args.get("db"))
    return exp.Comment(this=named, kind="COLUMN", expression=exp.Literal.string(column.comment))


def describe(fact: FactDefinition, dialect: Dialect) -> str:
    """What a column holds, in words: name, unit or values."""
    match fact.type:
        case "number":
            return f"{fact.name}（{_unit(fact)}）"
        case "code" if fact.code_tree is not None:
            return f"{fact.name}，代码如 {_examples(fact.code_tree)}"
        case "code":
            return f"{fact.name}：{'、'.join(fact.values)}"
        case "set":
            return f"{fact.name}：{'、'.join(fact.values)}{dialect.unknown_set}"
        case _:
            return fact.name


def _examples(tree: CodeTree) -> str:
    deepest = max(tree, key=len)
    return f"{deepest} 或 {tree.roots[0]}" if tree.lettered else deepest


def _unit(fact: FactDefinition) -> str:
    """The unit of the stored integer: 分, 人, 0.01分, 0.0001%."""
    if fact.is_money:
        return "分"
    if fact.unit.name == "%":
        return f"{_decimal(Fraction(100, fact.scale))}%"
    plain = fact.unit.dimension == PLAIN
    base = fact.unit.name if fact.unit.factor == 1 else example_unit(fact.unit.dimension)
    if fact.scale == 1:
        return base
    return _decimal(Fraction(1, fact.scale)) + ("" if plain else base)


def _decimal(value: Fraction) -> str:
    return f"{float(value):.10f}".rstrip("0").rstrip(".")


def readable(fact: FactDefinition, stored: int | None) -> object:
    """A stored fact as the value of its column: int, date, bool, text, list or None."""
    if stored is None:
        return None
    if fact.type == "number":
        return stored
    return from_days(stored) if fact.type == "date" else fact.decode(stored)
