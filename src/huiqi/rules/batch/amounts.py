"""Amounts, calculated for the eligible firms only."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import polars as pl

from huiqi.rules import ir
from huiqi.rules.batch.arithmetic import KnownMask, State, filled
from huiqi.rules.batch.columns import Columns
from huiqi.rules.batch.numbers import Numbers, NumbersOf
from huiqi.rules.batch.plan import HIGHEST
from huiqi.rules.batch.planes import Integers, Plane, as_mask_series
from huiqi.rules.batch.tape import Workspace

LOW_HALF = (1 << 32) - 1


@dataclass(eq=False)
class Selected:
    """The firms of a chunk that a mask takes, as gathered by Polars from the plane itself."""

    columns: Columns
    mask: pl.Series
    size: int
    conditions: dict[int, tuple[Plane, Plane]] = field(default_factory=dict)
    _values: dict[str, Integers] = field(default_factory=dict)

    def values(self, key: str) -> Integers:
        if key not in self._values:
            found = self.columns.facts[key].series.filter(self.mask)
            self._values[key] = found.to_numpy()
        return self._values[key]

    def known(self, key: str) -> KnownMask:
        known = self.columns.facts[key].known
        return None if known is None else self._bits(known)

    def state(self, condition: ir.Bool) -> State:
        certain, possible = self.conditions[id(condition)]
        return self._bits(certain), self._bits(possible)

    def _bits(self, plane: Plane) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        series = as_mask_series(plane).head(self.columns.rows)
        return series.filter(self.mask).to_numpy()


@dataclass(frozen=True)
class Amounts:
    """Amounts of the firms of a mask, in their order."""

    values: Integers
    known: KnownMask

    def total(self, largest: int) -> tuple[int, int]:
        """The sum of the known ones, and how many are known. ``largest``: the largest possible."""
        values = self.values if self.known is None else self.values[self.known]
        return exact_sum(values, largest), len(values)


def amounts_of(
    root: ir.Number, selected: Selected, numbers: Numbers, workspace: Workspace
) -> Amounts:
    """Known at most for the firms for which the facts in ``plan.strict`` are.

    Good until the workspace is used again.
    """
    tape = numbers.amount_tape(root)
    if tape is None:
        return Amounts(*NumbersOf(numbers, selected).number(root))
    arrays = workspace.play(tape, selected.values, selected.size)
    needs = [arrays[number] for number in tape.conditions[0]]
    known = np.logical_and.reduce(needs) if needs else None
    return Amounts(filled(arrays[tape.results[0]], selected.size), known)


def exact_sum(values: Integers, largest: int) -> int:
    """The sum as a Python integer, however large."""
    if values.dtype == object:
        return sum(values.tolist())
    if largest * len(values) <= HIGHEST:
        return int(np.add.reduce(values))
    return (int((values >> 32).sum()) << 32) + int((values & LOW_HALF).sum())
