"""Polars: Booleans with nulls are Kleene's three values, packed in bits, natively.

Three forms: staged (the shared predicates as columns, the conditions as columns over them, the
totals over those); everything in one lazy select, the optimiser finding common parts; and a select
for each policy.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from itertools import combinations
from operator import and_, or_
from pathlib import Path
from typing import Literal

import polars as pl

from benchmarks.arrow import table
from benchmarks.form import (
    Amount,
    And,
    Answers,
    AtLeast,
    Eq,
    Firms,
    Fixed,
    Ge,
    HasBits,
    Load,
    Lt,
    Node,
    Not,
    PerUnit,
    Policy,
    Predicate,
    ShareGe,
    Within,
    leaves,
)

Leaf = Callable[[int], pl.Expr]


class PolarsPeer:
    """Threads are those of the process (POLARS_MAX_THREADS)."""

    def __init__(self, load: Load, firms: Firms, form: str) -> None:
        frame = pl.from_arrow(table(load, firms), rechunk=True)
        assert isinstance(frame, pl.DataFrame)
        self.frame, self.form, self.text = frame, form, Expressions(load)

    def run(self) -> Answers:
        if self.form == "staged":
            wide = self.frame.with_columns(self.text.predicates).with_columns(self.text.conditions)
            return _answers(wide.select(_flat(self.text.totals)))
        inline = self.text.inline
        if self.form == "one select":
            return _answers(self.frame.lazy().select(_flat(inline)).collect())
        singles = [self.frame.lazy().select(four).collect() for four in inline]
        return _answers(pl.concat(singles, how="horizontal"))


class Expressions:
    """The load as Polars expressions."""

    def __init__(self, load: Load) -> None:
        flags = {fact.key for fact in load.facts if fact.kind == "flag"}
        used = sorted({leaf for policy in load.policies for leaf in leaves(policy.condition)})
        direct = {leaf: _predicate(load.predicates[leaf], flags) for leaf in used}
        self.predicates = [expr.alias(f"p{leaf}") for leaf, expr in direct.items()]
        self.conditions = [
            _node(policy.condition, lambda leaf: pl.col(f"p{leaf}")).alias(policy.key)
            for policy in load.policies
        ]
        self.totals = [_totals(policy, pl.col(policy.key)) for policy in load.policies]
        self.inline = [
            _totals(policy, _node(policy.condition, direct.__getitem__)) for policy in load.policies
        ]


def from_parquet(
    load: Load, path: Path, engine: Literal["in-memory", "streaming"]
) -> Callable[[], Answers]:
    """The staged form as one lazy query over the file."""
    text = Expressions(load)

    def run() -> Answers:
        staged = pl.scan_parquet(path).with_columns(text.predicates).with_columns(text.conditions)
        return _answers(staged.select(_flat(text.totals)).collect(engine=engine))

    return run


def _flat(nested: list[list[pl.Expr]]) -> list[pl.Expr]:
    return [expr for four in nested for expr in four]


def _answers(totals: pl.DataFrame) -> Answers:
    flat = [int(value) for value in totals.row(0)]
    fours = zip(flat[0::4], flat[1::4], flat[2::4], flat[3::4], strict=True)
    return Answers.of(list(fours))


def _predicate(predicate: Predicate, flags: set[str]) -> pl.Expr:
    if isinstance(predicate, ShareGe):
        part, whole = (pl.col(key).cast(pl.Int64) for key in (predicate.part, predicate.whole))
        return part * 100 >= whole * predicate.percent
    column = pl.col(predicate.fact)
    match predicate:
        case Ge(_, bound):
            return column >= bound
        case Lt(_, bound):
            return column < bound
        case Eq(fact, value):
            if fact in flags:
                return column if value else ~column
            return column == value
        case Within(_, ranges):
            return reduce(or_, (_between(column, low, high) for low, high in ranges))
        case HasBits(_, mask, every):
            return (column & mask) == mask if every else (column & mask) != 0


def _between(column: pl.Expr, low: int, high: int) -> pl.Expr:
    return column == low if low == high else (column >= low) & (column <= high)


def _node(node: Node, leaf: Leaf) -> pl.Expr:
    if isinstance(node, int):
        return leaf(node)
    if isinstance(node, Not):
        return ~_node(node.item, leaf)
    items = [_node(item, leaf) for item in node.items]
    if isinstance(node, AtLeast):
        # Some n of them all true: the same three values as counting, and it stays packed.
        return reduce(or_, (reduce(and_, some) for some in combinations(items, node.count)))
    return reduce(and_ if isinstance(node, And) else or_, items)


def _totals(policy: Policy, condition: pl.Expr) -> list[pl.Expr]:
    fen, unknown = _amount(policy.amount, condition)
    four = (condition.sum().cast(pl.Int64), condition.null_count(), fen, unknown)
    return [expr.alias(f"{policy.key}_{at}") for at, expr in enumerate(four)]


def _amount(rule: Amount, condition: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    if isinstance(rule, Fixed):
        return condition.sum().cast(pl.Int64) * rule.fen, pl.lit(0)
    value = pl.col(rule.fact).filter(condition)
    wide = value.cast(pl.Int64)
    fen = wide * rule.unit if isinstance(rule, PerUnit) else (wide * rule.per_mille + 500) // 1000
    return fen.clip(upper_bound=rule.cap).sum(), value.null_count()
