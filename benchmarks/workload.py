"""Seeded policies over the synthetic firms: shared predicates, mostly AND, some OR, NOT, n of m.

A quarter of the predicates are unique: `policies` with about six criteria each draw from a pool of
0.25 × 6 × policies predicates, the popular ones (no penalties, size) far more often than the rest.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from benchmarks.columns import comparison
from benchmarks.firms import SETS, block, facts, subtree
from benchmarks.form import (
    Amount,
    And,
    Array,
    AtLeast,
    Eq,
    Fact,
    Firms,
    Fixed,
    Ge,
    HasBits,
    Load,
    Lt,
    Node,
    Not,
    Or,
    PerUnit,
    Policy,
    Predicate,
    Rate,
    ShareGe,
    Within,
)

CRITERIA = 6
UNIQUE = 0.25
SAMPLE = 4_000

# How often each family of predicates is drawn for the pool.
FAMILIES = {
    "threshold": 0.52,
    "date": 0.10,
    "flag": 0.03,
    "code": 0.06,
    "industry": 0.11,
    "area": 0.05,
    "bits": 0.08,
    "share": 0.05,
}
MONEY_AMOUNTS = ("revenue", "rd_expense", "taxes", "loans", "interest", "investment", "equipment")
COUNT_AMOUNTS = ("hires", "graduates", "patents", "researchers")
RATIOS = (("rd_expense", "revenue"), ("exports", "revenue"), ("payroll", "revenue"),
          ("debt", "assets"), ("researchers", "employees"), ("taxes", "revenue"))  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Drawing:
    rng: np.random.Generator
    facts: tuple[Fact, ...]
    sample: Firms

    def one(self, kinds: tuple[str, ...]) -> Fact:
        return self.choose([fact for fact in self.facts if fact.kind in kinds])

    def choose(self, items: list[Fact]) -> Fact:
        return items[int(self.rng.integers(len(items)))]

    def known(self, key: str) -> Array:
        column = self.sample.columns[key]
        return column.values[column.valid]


def _two_digits(value: float) -> int:
    """Thresholds in law are round: two significant digits."""
    if abs(value) < 100:
        return round(value)
    step = int(10 ** (len(str(abs(int(value)))) - 2))
    return round(value / step) * step


def _threshold(drawing: _Drawing) -> Predicate:
    fact = drawing.one(("money", "count", "share"))
    at_least = drawing.rng.random() < 0.6
    quantile = drawing.rng.uniform(0.04, 0.55) if at_least else drawing.rng.uniform(0.45, 0.96)
    bound = _two_digits(float(np.quantile(drawing.known(fact.key), quantile)))
    return Ge(fact.key, bound) if at_least else Lt(fact.key, bound)


def _date(drawing: _Drawing) -> Predicate:
    fact = drawing.one(("date",))
    quantile = drawing.rng.uniform(0.1, 0.9)
    bound = int(np.quantile(drawing.known(fact.key), quantile))
    return Ge(fact.key, bound) if quantile < 0.5 else Lt(fact.key, bound)


def _flag(drawing: _Drawing) -> Predicate:
    return Eq(drawing.one(("flag",)).key, int(drawing.rng.random() < 0.5))


def _code(drawing: _Drawing) -> Predicate:
    fact = drawing.one(("code",))
    return Eq(fact.key, int(drawing.rng.integers(1, len(fact.labels) + 1)))


def _within(drawing: _Drawing, key: str, depths: tuple[int, ...]) -> Predicate:
    fact = next(fact for fact in drawing.facts if fact.key == key)
    nodes = [at for at, label in enumerate(fact.labels, 1) if len(label) in depths]
    count = int(drawing.rng.integers(2, 7))
    chosen = sorted(int(at) for at in drawing.rng.choice(nodes, count, replace=False))
    ranges: list[tuple[int, int]] = []
    for low, high in (subtree(fact.labels, at) for at in chosen):
        if ranges and low <= ranges[-1][1] + 1:
            ranges[-1] = (ranges[-1][0], max(high, ranges[-1][1]))
        else:
            ranges.append((low, high))
    return Within(key, tuple(ranges))


def _industry(drawing: _Drawing) -> Predicate:
    return _within(drawing, "industry", (1, 1, 3))


def _area(drawing: _Drawing) -> Predicate:
    return _within(drawing, "area", (6, 9) if drawing.rng.random() < 0.3 else (6,))


def _bits(drawing: _Drawing) -> Predicate:
    fact = drawing.one(("set",))
    bits = int(drawing.rng.integers(1, 5))
    chosen = drawing.rng.choice(SETS[fact.key][0], bits, replace=False)
    every = bits <= 2 and bool(drawing.rng.random() < 0.5)
    return HasBits(fact.key, int((1 << chosen).sum()), every)


def _share(drawing: _Drawing) -> Predicate:
    part, whole = RATIOS[int(drawing.rng.integers(len(RATIOS)))]
    return ShareGe(part, whole, int(drawing.rng.integers(1, 60)))


_DRAW: dict[str, Callable[[_Drawing], Predicate]] = {
    "threshold": _threshold,
    "date": _date,
    "flag": _flag,
    "code": _code,
    "industry": _industry,
    "area": _area,
    "bits": _bits,
    "share": _share,
}


def _pool(drawing: _Drawing, count: int) -> list[tuple[Predicate, float]]:
    """Distinct predicates with the share of firms for which each is true."""
    names, weights = list(FAMILIES), np.array(list(FAMILIES.values()))
    found: dict[Predicate, float] = {}
    while len(found) < count:
        family = names[int(drawing.rng.choice(len(names), p=weights / weights.sum()))]
        predicate = _DRAW[family](drawing)
        if predicate not in found:
            found[predicate] = float(comparison(predicate, drawing.sample).mean())
    return list(found.items())


def _sequence(rng: np.random.Generator, pool: int, references: int) -> list[int]:
    """Numbers of predicates: each at least once, the popular ones often."""
    popularity = 1.0 / np.arange(1, pool + 1) ** 0.6
    drawn = rng.choice(pool, max(0, references - pool), p=popularity / popularity.sum())
    numbers = np.concatenate([np.arange(pool), drawn])
    rng.shuffle(numbers)
    return [int(n) for n in numbers]


def _leaf(rng: np.random.Generator, number: int, truth: float) -> Node:
    """Rare things are mostly used as exclusions."""
    return Not(number) if truth < 0.3 and rng.random() < 0.75 else number


def _condition(rng: np.random.Generator, take: Callable[[], Node]) -> Node:
    items: list[Node] = []
    for _ in range(int(rng.integers(CRITERIA - 1, CRITERIA + 2))):
        kind = rng.random()
        if kind < 0.80:
            items.append(take())
        elif kind < 0.92:
            items.append(Or(tuple(take() for _ in range(int(rng.integers(2, 4))))))
        elif kind < 0.97:
            items.append(AtLeast(2, tuple(take() for _ in range(int(rng.integers(3, 5))))))
        else:
            items.append(Not(And((take(), take()))))
    return And(tuple(items))


def _amount(drawing: _Drawing) -> Amount:
    rng = drawing.rng
    kind = rng.random()
    if kind < 0.4:
        return Fixed(int(rng.integers(1, 100)) * 1_000_000)
    if kind < 0.8:
        fact = MONEY_AMOUNTS[int(rng.integers(len(MONEY_AMOUNTS)))]
        return Rate(fact, int(rng.integers(5, 300)), int(rng.integers(1, 100)) * 5_000_000)
    fact = COUNT_AMOUNTS[int(rng.integers(len(COUNT_AMOUNTS)))]
    return PerUnit(fact, int(rng.integers(1, 20)) * 50_000, int(rng.integers(1, 100)) * 5_000_000)


def make(seed: int, policies: int, pool: int | None = None) -> Load:
    """The load of a seed. `pool` fixes the number of unique predicates."""
    columns = facts(seed)
    rng = np.random.default_rng([seed, 3, policies])
    drawing = _Drawing(rng, columns, block(seed, 0, columns).slice(0, SAMPLE))
    unique = pool or round(UNIQUE * CRITERIA * policies)
    predicates = _pool(drawing, unique)
    queue = _sequence(rng, unique, CRITERIA * policies)

    def take() -> Node:
        number = queue.pop() if queue else int(rng.integers(unique))
        return _leaf(rng, number, predicates[number][1])

    made = tuple(
        Policy(f"policy_{n:04d}", _condition(rng, take), _amount(drawing)) for n in range(policies)
    )
    return Load(columns, tuple(predicate for predicate, _ in predicates), made)
