"""Levers: what one change of one fact can do for the criteria of a rule.

A change moves only the criteria that read the fact. So it is enough when those are met after it and
all others are met anyway, and what it comes to depends on the facts of those criteria alone: of
thousands of firms that lack the same thing, the answer is looked for once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from huiqi.rules import ir
from huiqi.rules.cut_points import CutPoints
from huiqi.rules.effort import reach
from huiqi.rules.generated import Slots
from huiqi.rules.program import Rule
from huiqi.rules.single import compile_state
from huiqi.rules.vocabulary import FactDefinition

_REMEMBERED = 256


@dataclass(frozen=True, eq=False)
class Lever:
    """One fact that a firm can change, and the criteria of the rule that read it."""

    fact: FactDefinition
    position: int
    """Of the fact among the slots."""

    mask: int
    """The criteria that read the fact, bit i for criterion i."""

    criteria: tuple[Callable[[Slots], int], ...]
    reads: tuple[int, ...]
    """Positions of all facts that these criteria read."""

    cut_points: CutPoints
    _found: Callable[[tuple[int | None, ...]], int | None] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_found", lru_cache(_REMEMBERED)(self._search))

    @classmethod
    def of(
        cls, fact: FactDefinition, rule: Rule, facts: Sequence[str], builder: ir.Builder
    ) -> Lever:
        reading = [
            (1 << index, criterion)
            for index, criterion in enumerate(rule.criteria)
            if fact.key in ir.fact_keys(criterion)
        ]
        conditions = [criterion for _, criterion in reading]
        # The search sees the facts that these criteria read and no others, in this order.
        keys = ir.fact_keys(*conditions)
        return cls(
            fact,
            keys.index(fact.key),
            sum(bit for bit, _ in reading),
            tuple(compile_state(condition, keys) for condition in conditions),
            tuple(facts.index(key) for key in keys),
            CutPoints.of(builder.all_of(conditions), fact.key, keys, builder),
        )

    def moved(self, slots: Slots) -> int | None:
        """The nearest value in reach with which the lever's criteria are all met."""
        return self._found(tuple([slots[position] for position in self.reads]))

    def _search(self, known: tuple[int | None, ...]) -> int | None:
        tried, before = list(known), known[self.position]
        if before is None:
            return None
        low, high = reach(self.fact, before)
        if low > high:
            return None
        tried[self.position] = None
        if any(criterion(tried) == ir.FALSE for criterion in self.criteria):
            return None  # no value of the fact would do
        values = [v for v in self._candidates(before, known) if low <= v <= high]
        for value in self._nearest(before, values):
            tried[self.position] = value
            if all(criterion(tried) == ir.TRUE for criterion in self.criteria):
                return value
        return None

    def _candidates(self, before: int, known: Slots) -> Iterable[int]:
        fact = self.fact
        if fact.type == "flag":
            return (1 - before,)
        if fact.type == "set":
            return [before ^ (1 << bit) for bit in range(len(fact.values))]
        if fact.type in ("number", "date"):
            return self.cut_points.around(known)
        return range(1, len(fact.values) + 1) if fact.code_tree is None else ()

    def _nearest(self, before: int, values: list[int]) -> list[int]:
        """The smallest change first; choices in the vocabulary's order."""
        if self.fact.type == "code":
            return sorted(values)
        return sorted(values, key=lambda value: (abs(value - before), value))
