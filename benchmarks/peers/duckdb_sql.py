"""The load as DuckDB text. SQL's NULL logic is Kleene's, so conditions translate as they stand."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations

from benchmarks.form import (
    Amount,
    And,
    AtLeast,
    Eq,
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
    Rate,
    ShareGe,
    Within,
    leaves,
)

Leaf = Callable[[int], str]


class Text:
    """The statements of each form; every row of a result is one policy's four numbers."""

    def __init__(self, load: Load) -> None:
        flags = {fact.key for fact in load.facts if fact.kind == "flag"}
        self.policies = load.policies
        self.used = sorted({leaf for policy in load.policies for leaf in leaves(policy.condition)})
        self.direct = {leaf: _predicate(load.predicates[leaf], flags) for leaf in self.used}
        amounts = (policy.amount for policy in load.policies)
        self.facts = sorted({a.fact for a in amounts if not isinstance(a, Fixed)})

    def per_policy(self) -> list[str]:
        """One scan a policy, counting what is true and what is NULL."""
        return [_scan(p, self.direct.__getitem__, "firms", filtered=False) for p in self.policies]

    def where(self) -> list[str]:
        """One WHERE a policy that drops what is certainly false, one criterion after the other."""
        return [_scan(p, self.direct.__getitem__, "firms", filtered=True) for p in self.policies]

    def union(self) -> list[str]:
        """The same in one statement."""
        return [" UNION ALL ".join(self.where())]

    def stage(self) -> str:
        """The shared predicates as columns of a table of their own."""
        columns = [f"{text} AS p{leaf}" for leaf, text in self.direct.items()] + self.facts
        return f"CREATE OR REPLACE TABLE staged AS SELECT {', '.join(columns)} FROM firms"

    def staged(self) -> list[str]:
        return [_scan(p, lambda leaf: f"p{leaf}", "staged", filtered=True) for p in self.policies]

    def wide(self) -> list[str]:
        """All policies in one scan."""
        return [self._wide(self.direct.__getitem__, "firms")]

    def wide_staged(self) -> list[str]:
        columns = [f"{text} AS p{leaf}" for leaf, text in self.direct.items()] + self.facts
        inner = f"(SELECT {', '.join(columns)} FROM firms)"
        return [self._wide(lambda leaf: f"p{leaf}", inner)]

    def _wide(self, leaf: Leaf, source: str) -> str:
        conditions = [f"{_node(p.condition, leaf)} AS c{at}" for at, p in enumerate(self.policies)]
        columns = ", ".join(conditions + self.facts)
        totals = (_totals(f"c{at}", p.amount) for at, p in enumerate(self.policies))
        return f"SELECT {', '.join(totals)} FROM (SELECT {columns} FROM {source})"


def _totals(condition: str, rule: Amount, amount: str = "") -> str:
    """``amount``: the name of a column that holds it already."""
    eligible = f"count(*) FILTER (WHERE {condition})"
    counts = f"{eligible}, count(*) FILTER (WHERE {condition} IS NULL)"
    if isinstance(rule, Fixed):
        return f"{counts}, {eligible} * {rule.fen}, 0"
    amount = amount or _amount(rule)
    return (
        f"{counts}, coalesce(sum({amount}) FILTER (WHERE {condition}), 0), "
        f"count(*) FILTER (WHERE {condition} AND {amount} IS NULL)"
    )


def _scan(policy: Policy, leaf: Leaf, source: str, *, filtered: bool) -> str:
    columns = f"{_node(policy.condition, leaf)} AS c"
    if not isinstance(policy.amount, Fixed):
        columns += f", {_amount(policy.amount)} AS a"
    inner = f"SELECT {columns} FROM {source}"
    if filtered:
        parts = policy.condition.items if isinstance(policy.condition, And) else (policy.condition,)
        kept = (f"({_node(part, leaf)} IS NOT FALSE)" for part in parts)
        inner += f" WHERE {' AND '.join(kept)}"
    return f"SELECT {_totals('c', policy.amount, 'a')} FROM ({inner})"


def _predicate(predicate: Predicate, flags: set[str]) -> str:
    match predicate:
        case Ge(fact, bound):
            return f"({fact} >= {bound})"
        case Lt(fact, bound):
            return f"({fact} < {bound})"
        case Eq(fact, value) if fact in flags:
            return fact if value else f"(NOT {fact})"
        case Eq(fact, value):
            return f"({fact} = {value})"
        case Within(fact, ranges):
            return "(" + " OR ".join(_between(fact, low, high) for low, high in ranges) + ")"
        case HasBits(fact, mask, every):
            return f"(({fact} & {mask}) = {mask})" if every else f"(({fact} & {mask}) <> 0)"
        case ShareGe(part, whole, percent):
            return f"({part}::BIGINT * 100 >= {whole}::BIGINT * {percent})"


def _between(fact: str, low: int, high: int) -> str:
    return f"{fact} = {low}" if low == high else f"({fact} BETWEEN {low} AND {high})"


def _node(node: Node, leaf: Leaf) -> str:
    if isinstance(node, int):
        return leaf(node)
    if isinstance(node, Not):
        return f"(NOT {_node(node.item, leaf)})"
    items = [_node(item, leaf) for item in node.items]
    if isinstance(node, AtLeast):
        some = (" AND ".join(chosen) for chosen in combinations(items, node.count))
        return "(" + " OR ".join(f"({text})" for text in some) + ")"
    return "(" + (" AND " if isinstance(node, And) else " OR ").join(items) + ")"


def _amount(rule: Rate | PerUnit) -> str:
    """`least` would pass over a NULL and give the cap; CASE keeps the amount unknown."""
    fact = f"{rule.fact}::BIGINT"
    if isinstance(rule, PerUnit):
        fen = f"{fact} * {rule.unit}"
    else:
        fen = f"({fact} * {rule.per_mille} + 500) // 1000"
    return f"CASE WHEN {fen} > {rule.cap} THEN {rule.cap} ELSE {fen} END"
