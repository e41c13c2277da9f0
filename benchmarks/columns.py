"""Predicates over whole columns in NumPy, and the ranked form of a load.

Ranking: the policies compare a column with few bounds, so its values can be replaced by the
number of the interval between bounds in which they fall, which usually fits one byte. Every
engine is offered the ranked columns besides the plain ones, and may use whichever is faster.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from benchmarks.form import (
    Array,
    Column,
    Eq,
    Fact,
    Firms,
    Ge,
    HasBits,
    Load,
    Lt,
    Mask,
    Predicate,
    ShareGe,
    Within,
    facts_of,
)

RANKED = "_ranked"


def comparison(predicate: Predicate, firms: Firms) -> Mask:
    """The predicate on the stored values, whether known or not."""
    if isinstance(predicate, ShareGe):
        part = firms.columns[predicate.part].values.astype(np.int64)
        whole = firms.columns[predicate.whole].values.astype(np.int64)
        return np.asarray(part * 100 >= whole * predicate.percent)
    values = firms.columns[predicate.fact].values
    match predicate:
        case Ge(_, bound):
            return np.asarray(values >= bound)
        case Lt(_, bound):
            return np.asarray(values < bound)
        case Eq(_, wanted):
            return np.asarray(values == wanted)
        case Within():
            return _within(predicate, values)
        case HasBits(_, mask, every):
            return np.asarray((values & mask) == mask if every else (values & mask) != 0)


def _within(predicate: Within, values: Array) -> Mask:
    found: Mask = np.zeros(len(values), dtype=np.bool_)
    for low, high in predicate.ranges:
        found |= values == low if low == high else (values >= low) & (values <= high)
    return found


def holds_at_zero(predicate: Predicate, dtypes: Mapping[str, str]) -> bool:
    """Whether a predicate would hold for unknown values, which are stored as 0."""
    known = np.ones(1, np.bool_)
    zeros = {key: Column(np.zeros(1, dtypes[key]), known) for key in facts_of(predicate)}
    return bool(comparison(predicate, Firms(zeros, 1))[0])


@dataclass(frozen=True, slots=True)
class Ranking:
    """The sorted bounds with which the policies compare each fact."""

    cuts: dict[str, Array]
    dtypes: dict[str, str]

    @classmethod
    def of(cls, load: Load) -> Ranking:
        bounds: dict[str, set[int]] = {}
        for predicate in load.predicates:
            for fact, bound in _bounds(predicate):
                bounds.setdefault(fact, set()).add(bound)
        cuts = {fact: np.array(sorted(found), dtype=np.int64) for fact, found in bounds.items()}
        dtypes = {fact: "uint8" if len(found) < 256 else "uint16" for fact, found in cuts.items()}
        return cls(cuts, dtypes)

    def columns(self, firms: Firms) -> Firms:
        """The firms with a ranked column beside each compared one."""
        made = dict(firms.columns)
        for key, cuts in self.cuts.items():
            column = firms.columns[key]
            ranks = np.searchsorted(cuts, column.values, "right").astype(self.dtypes[key])
            ranks[~column.valid] = 0
            made[key + RANKED] = Column(ranks, column.valid)
        return Firms(made, firms.rows)

    def load(self, load: Load) -> Load:
        """The same policies over the ranked columns."""
        extra = tuple(
            Fact(key + RANKED, "code", dtype, load.fact(key).nulls)
            for key, dtype in self.dtypes.items()
        )
        predicates = tuple(self._predicate(predicate) for predicate in load.predicates)
        return replace(load, facts=load.facts + extra, predicates=predicates)

    def _predicate(self, predicate: Predicate) -> Predicate:
        match predicate:
            case Ge(fact, bound):
                return Ge(fact + RANKED, self._rank(fact, bound))
            case Lt(fact, bound):
                return Lt(fact + RANKED, self._rank(fact, bound))
            case Eq(fact, value):
                return Eq(fact + RANKED, self._rank(fact, value))
            case Within(fact, ranges):
                return Within(
                    fact + RANKED,
                    tuple((self._rank(fact, a), self._rank(fact, b + 1) - 1) for a, b in ranges),
                )
        return predicate

    def _rank(self, fact: str, bound: int) -> int:
        return int(np.searchsorted(self.cuts[fact], bound, "right"))


def _bounds(predicate: Predicate) -> list[tuple[str, int]]:
    match predicate:
        case Ge(fact, bound) | Lt(fact, bound):
            return [(fact, bound)]
        case Eq(fact, value):
            return [(fact, value), (fact, value + 1)]
        case Within(fact, ranges):
            return [(fact, bound) for low, high in ranges for bound in (low, high + 1)]
    return []
