"""Hand-written NumPy: two Boolean arrays per predicate, computed once a block and shared.

A block of rows small enough for the processor's cache is carried through all predicates and all
policies before the next one. Amounts are gathered only for the eligible rows.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from typing import TypeAlias

import numpy as np

from benchmarks.columns import comparison, holds_at_zero
from benchmarks.form import (
    Amount,
    And,
    Answers,
    AtLeast,
    Firms,
    Fixed,
    Load,
    Mask,
    Node,
    Not,
    PerUnit,
    Policy,
    facts_of,
    leaves,
)

Both: TypeAlias = tuple[Mask, Mask]
"""Certainly true, possibly true."""


class NumpyPeer:
    """One thread: NumPy has no more."""

    def __init__(self, load: Load, firms: Firms, block: int) -> None:
        self.load, self.firms, self.block = load, firms, block
        self.used = sorted({leaf for policy in load.policies for leaf in leaves(policy.condition)})
        dtypes = {fact.key: fact.dtype for fact in load.facts}
        self.masked = {leaf: holds_at_zero(load.predicates[leaf], dtypes) for leaf in self.used}

    def run(self) -> Answers:
        blocks = range(0, self.firms.rows, self.block)
        parts = (self._block(self.firms.slice(start, start + self.block)) for start in blocks)
        return reduce(lambda left, right: left + right, parts)

    def _block(self, firms: Firms) -> Answers:
        unknown = {key: ~column.valid for key, column in firms.columns.items()}
        cache = {leaf: self._predicate(leaf, firms, unknown) for leaf in self.used}
        return Answers.of([_policy(policy, cache, firms) for policy in self.load.policies])

    def _predicate(self, leaf: int, firms: Firms, unknown: dict[str, Mask]) -> Both:
        predicate = self.load.predicates[leaf]
        first, *more = facts_of(predicate)
        missing = unknown[first] | unknown[more[0]] if more else unknown[first]
        found = comparison(predicate, firms)
        # Unknown values are stored as 0, so what is false at 0 needs no masking.
        certain = found & ~missing if self.masked[leaf] else found
        return certain, found | missing


def _policy(policy: Policy, cache: dict[int, Both], firms: Firms) -> tuple[int, int, int, int]:
    certain, possible = _node(policy.condition, cache)
    eligible = int(np.count_nonzero(certain))
    undetermined = int(np.count_nonzero(possible)) - eligible
    fen, unknown = _amount(policy.amount, certain, eligible, firms)
    return eligible, undetermined, fen, unknown


def _node(node: Node, cache: dict[int, Both]) -> Both:
    if isinstance(node, int):
        return cache[node]
    if isinstance(node, Not):
        certain, possible = _node(node.item, cache)
        return ~possible, ~certain
    parts = [_node(item, cache) for item in node.items]
    if isinstance(node, AtLeast):
        return _count(node.count, [p[0] for p in parts]), _count(node.count, [p[1] for p in parts])
    join = np.logical_and if isinstance(node, And) else np.logical_or
    return _join(join, [p[0] for p in parts]), _join(join, [p[1] for p in parts])


def _join(join: Callable[..., Mask], parts: list[Mask]) -> Mask:
    if len(parts) == 1:
        return parts[0]
    out = join(parts[0], parts[1])
    for part in parts[2:]:
        join(out, part, out=out)
    return out


def _count(count: int, parts: list[Mask]) -> Mask:
    total = parts[0].astype(np.uint8)
    for part in parts[1:]:
        total += part.view(np.uint8)
    return np.asarray(total >= count)


def _amount(rule: Amount, certain: Mask, eligible: int, firms: Firms) -> tuple[int, int]:
    if isinstance(rule, Fixed):
        return rule.fen * eligible, 0
    column = firms.columns[rule.fact]
    rows = np.flatnonzero(certain)
    known = int(np.count_nonzero(column.valid[rows]))
    # An unknown value is stored as 0 and adds nothing.
    fen = column.values[rows].astype(np.int64)
    if isinstance(rule, PerUnit):
        fen *= rule.unit
    else:
        fen *= rule.per_mille
        fen += 500
        fen //= 1000
    return int(np.minimum(fen, rule.cap, out=fen).sum()), eligible - known
