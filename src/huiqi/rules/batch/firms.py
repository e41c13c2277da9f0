"""A program compiled for all firms at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from huiqi.rules import ir
from huiqi.rules.batch.chunk import Chunk
from huiqi.rules.batch.columns import Columns, encode
from huiqi.rules.batch.machine import Machine, Pairs
from huiqi.rules.batch.numbers import Numbers
from huiqi.rules.batch.plan import Content, FactUse, Plan, content, is_fact_atom
from huiqi.rules.batch.registers import Schedule
from huiqi.rules.batch.schedule import schedule
from huiqi.rules.batch.totals import Totals
from huiqi.rules.program import Program


@dataclass(frozen=True)
class Made:
    """What was made before, for other rules, and can be used again."""

    uses: Mapping[str, FactUse] = field(default_factory=dict)
    """How columns were encoded: they stay so where that serves."""

    conditions: Mapping[Content, int] = field(default_factory=dict)
    """Conditions on one fact that have planes, by their place."""


@dataclass(eq=False)
class AllFirms:
    """Evaluates a program over columns of firms; the counterpart of ``SingleFirm``."""

    program: Program
    made: Made = field(default_factory=Made)
    plan: Plan = field(init=False)
    _schedules: dict[tuple[frozenset[str], bool], Schedule] = field(default_factory=dict)
    _numbers: dict[tuple[tuple[bool, int], ...], Numbers] = field(default_factory=dict)
    _machine: Machine | None = None

    def __post_init__(self) -> None:
        self.plan = Plan.of(self.program, self.made.uses)

    def encode(self, frame: pl.DataFrame, *, keep_values: bool = False) -> Columns:
        """Stored integers, null where unknown, a column a fact key, in the engine's own form."""
        return encode(frame, self.plan.uses, keep_values=keep_values)

    def totals(self, columns: Columns) -> Totals:
        """What the rules come to over a chunk."""
        return self.result(columns).totals()

    def result(self, columns: Columns, planes: Pairs | None = None) -> Chunk:
        """The rules over a chunk, without their parts; good until the next call.

        ``planes``: of the conditions in ``made``.
        """
        schedule, numbers = self._schedule(columns, detailed=False), self._numbers_for(columns)
        machine = self._machine
        if machine is None or not machine.fits(schedule, numbers, columns.words):
            machine = self._machine = Machine(schedule, numbers, columns.words)
        machine.kept = planes
        machine.run(columns)
        return Chunk(machine, columns)

    def chunk(self, columns: Columns) -> Chunk:
        """All answers for a chunk, firm by firm; holds every condition, so keep chunks small."""
        schedule, numbers = self._schedule(columns, detailed=True), self._numbers_for(columns)
        machine = Machine(schedule, numbers, columns.words)
        machine.run(columns)
        return Chunk(machine, columns)

    def _numbers_for(self, columns: Columns) -> Numbers:
        """Chunks whose values are of like size share what was found out about the numbers."""
        sizes = tuple(_size(column.bounds) for column in columns.facts.values())
        found = self._numbers.get(sizes)
        if found is None:
            bounds = {
                key: (-(1 << bits) if negative else 0, 1 << bits)
                for key, (negative, bits) in zip(columns.facts, sizes, strict=True)
            }
            found = self._numbers[sizes] = Numbers(self.plan, bounds)
        return found

    def _schedule(self, columns: Columns, *, detailed: bool) -> Schedule:
        key = (columns.nullable, detailed)
        if key not in self._schedules:
            roots = [rule.condition for rule in self.program.rules]
            pinned = self._all_conditions() if detailed else self._choices()
            self._schedules[key] = schedule(
                self.plan, columns.nullable, roots, pinned, self._kept()
            )
        return self._schedules[key]

    def _kept(self) -> dict[int, int]:
        places = self.made.conditions
        atoms = (node for node in ir.walk(*self.plan.roots) if is_fact_atom(node))
        return {id(a): places[content(a)] for a in atoms if content(a) in places}

    def _all_conditions(self) -> list[ir.Bool]:
        return [node for node in ir.walk(*self.plan.roots) if isinstance(node, ir.Bool)]

    def _choices(self) -> list[ir.Bool]:
        """Conditions on which amounts depend."""
        amounts = self.plan.calculated.values()
        return [condition for amount in amounts for condition in self.plan.choices(amount)]


def _size(bounds: ir.Bounds) -> tuple[bool, int]:
    low, high = bounds
    return low < 0, max(-low, high).bit_length()
