"""A population whose answers are kept: a changed firm or a changed rule is worked in at once.

Kept are the columns with their values, the two planes of every rule and of every condition on one
fact, and the totals. A changed firm is answered by the generated function for one firm, before and
after, and its bits are put right. A changed rule is evaluated alone, from the planes of those of
its conditions that other rules had, and from the values of the facts of the others.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl

from huiqi.rules import ir
from huiqi.rules.batch.columns import (
    Column,
    Columns,
    column_of,
    digits_of_known,
    is_stored,
    unknown_column,
)
from huiqi.rules.batch.firms import AllFirms, Made
from huiqi.rules.batch.machine import Pairs
from huiqi.rules.batch.plan import HIGHEST, LOWEST, Content, FactUse, content, is_fact_atom
from huiqi.rules.batch.planes import Integers, states_of
from huiqi.rules.batch.streaming import SHARD
from huiqi.rules.batch.totals import RuleTotals, Totals
from huiqi.rules.program import Program, Rule
from huiqi.rules.single import SingleFirm

Answer = tuple[int, int | None]
"""State and amount."""


class Population:
    """All firms under a program, kept up to date.

    ``firms``: stored integers, a column a fact key, null where unknown. All columns of integers are
    kept, also those that no rule reads yet.
    """

    def __init__(self, program: Program, firms: pl.DataFrame) -> None:
        self.program = program
        self.rows = firms.height
        self._others = {s.name: s.dtype for s in firms.iter_columns() if not is_stored(s)}
        # Conditions on one fact are kept as if each were a rule.
        atoms = _atoms(program)
        extended = Program.of([*program.rules, *atoms.values()], program.builder)
        engine = AllFirms(extended)
        uses = {key: FactUse(key) for key in firms.columns} | engine.plan.uses
        places = {said: place for place, said in enumerate(atoms, len(program.rules))}
        self._made = Made(uses, places)
        self._parts = [_Part.of(rows, engine, uses) for rows in firms.iter_slices(SHARD)]
        found = Totals.sum([part.totals for part in self._parts], len(extended.rules))
        self._totals = list(found.rules[: len(program.rules)])
        self._single = SingleFirm(extended)
        self._changed: dict[int, _Changed] = {}

    @property
    def totals(self) -> Totals:
        """What the rules come to now."""
        return Totals(self.rows, tuple(self._totals))

    def states(self, index: int) -> Integers:
        """The state of a rule for every firm: 0, 1 or 3."""
        none = np.empty(0, np.uint8)
        return np.concatenate([none, *(part.states(index) for part in self._parts)])

    def facts(self, row: int) -> dict[str, int | None]:
        """What is known of a firm."""
        part, at = self._locate(row)
        return {key: _get(column, at) for key, column in part.facts.items()}

    def update_firm(self, row: int, facts: Mapping[str, int | None]) -> list[int]:
        """Takes in new values of some facts of a firm; the rules whose answer changed by it.

        Raises IndexError for a row that is not there, OverflowError for a value beyond 64 bits,
        TypeError for a fact whose column holds no integers.
        """
        part, at = self._locate(row)
        self._require(facts)
        for key, value in facts.items():
            if value is not None and not LOWEST <= value <= HIGHEST:
                raise OverflowError(f"the value {value} of {key} is beyond 64 bits")
        before = self.facts(row)
        old, new = self._answers(before), self._answers(before | dict(facts))
        for key, value in facts.items():
            if before.get(key) != value:
                part.put(key, at, value, self._made.uses.get(key) or FactUse(key))
        part.correct(at, [state for state, _ in new])
        rules = range(len(self._totals))
        moved = [index for index in rules if new[index] != old[index]]
        for index in moved:
            change = _change(self._rule(index), old[index], new[index])
            self._totals[index] = self._totals[index] + change
        return moved

    def update_rule(self, index: int, rule: Rule) -> RuleTotals:
        """Puts another rule in the place of one; what it comes to.

        Raises IndexError for a rule that is not there, TypeError for a fact whose column holds no
        integers.
        """
        if not 0 <= index < len(self._totals):
            raise IndexError(f"there is no rule {index} among {len(self._totals)}")
        program = Program.of([rule], self.program.builder)
        self._require(program.facts)
        engine = AllFirms(program, self._made)
        found = Totals.sum([part.replace(index, engine) for part in self._parts], 1)
        self._totals[index] = found.rules[0]
        self._changed[index] = _Changed(program)
        return found.rules[0]

    def _rule(self, index: int) -> Rule:
        changed = self._changed.get(index)
        return changed.program.rules[0] if changed else self.program.rules[index]

    def _answers(self, facts: Mapping[str, int | None]) -> list[Answer]:
        answers = list(zip(*self._single.evaluate(self._single.slots(facts)), strict=True))
        for index, changed in self._changed.items():
            states, amounts = changed.single.evaluate(changed.single.slots(facts))
            answers[index] = states[0], amounts[0]
        return answers

    def _require(self, keys: Iterable[str]) -> None:
        for key in keys:
            if key in self._others:
                raise TypeError(f"the column {key} holds {self._others[key]}, not stored integers")

    def _locate(self, row: int) -> tuple[_Part, int]:
        if not 0 <= row < self.rows:
            raise IndexError(f"there is no firm {row} among {self.rows}")
        return self._parts[row // SHARD], row % SHARD


@dataclass(frozen=True, eq=False)
class _Changed:
    """A rule that replaces another; compiled for one firm when a firm changes next."""

    program: Program

    @cached_property
    def single(self) -> SingleFirm:
        return SingleFirm(self.program)


def _atoms(program: Program) -> dict[Content, Rule]:
    """The conditions on one fact in a program, as rules."""
    nodes = ir.walk(*(node for rule in program.rules for node in (*rule.criteria, rule.condition)))
    atoms = {content(node): node for node in nodes if is_fact_atom(node)}
    return {said: Rule("", (node,), node, None) for said, node in atoms.items()}


def _change(rule: Rule, old: Answer, new: Answer) -> RuleTotals:
    """What another answer for one firm adds to the totals of a rule."""
    (before, had), (after, has) = old, new
    unknown = 0
    if rule.amount is not None:
        unknown = (after == ir.TRUE and has is None) - (before == ir.TRUE and had is None)
    return RuleTotals(
        (after == ir.TRUE) - (before == ir.TRUE),
        (after == ir.UNKNOWN) - (before == ir.UNKNOWN),
        (after == ir.FALSE) - (before == ir.FALSE),
        (has or 0) - (had or 0),
        unknown,
    )


@dataclass(eq=False)
class _Part:
    """A shard of the population."""

    facts: dict[str, Column]
    columns: Columns
    """Of these facts."""

    roots: Pairs
    """Of the rules, then of the conditions that are kept."""

    totals: Totals
    """As they were at first."""

    @classmethod
    def of(cls, frame: pl.DataFrame, engine: AllFirms, uses: Mapping[str, FactUse]) -> _Part:
        facts = {}
        for key, use in uses.items():
            if key not in frame.columns:
                facts[key] = unknown_column(frame.height, use)
            elif is_stored(frame[key]) or key in engine.plan.uses:
                facts[key] = column_of(frame[key], use, keep_values=True)
                # The frame's own memory must not be written to.
                facts[key].values = np.array(facts[key].values)
        columns = Columns(frame.height, facts)
        found = engine.result(columns)
        return cls(facts, columns, found.roots.copy(), found.totals())

    def states(self, index: int) -> Integers:
        certain, possible = self.roots[index]
        return states_of(certain, possible, self.columns.rows)

    def put(self, key: str, at: int, value: int | None, use: FactUse) -> None:
        """A value in a column, in all its forms."""
        column = self.facts.get(key) or unknown_column(self.columns.rows, use)
        values, known, bounds = column.values, column.known, column.bounds
        assert values is not None
        word, bit = at // 64, np.uint64(1 << at % 64)
        if value is None:
            known = self.columns.valid.copy() if known is None else known
            known[word] &= ~bit
        else:
            if not np.iinfo(values.dtype).min <= value <= np.iinfo(values.dtype).max:
                values = values.astype(np.int64)
            values[at] = value
            bounds = min(bounds[0], value), max(bounds[1], value)
            if known is not None:
                known[word] |= bit
        column.digits[:, word] &= ~bit
        column.digits[:, word] |= bit * _digits(value, use)
        self.facts[key] = Column(known, column.digits, values, bounds)

    def correct(self, at: int, states: list[int]) -> None:
        """The states of all roots for one firm."""
        word, bit, found = at // 64, np.uint64(1 << at % 64), np.array(states, np.uint64)
        self.roots[:, :, word] &= ~bit
        self.roots[:, 0, word] |= bit * (found == ir.TRUE)
        self.roots[:, 1, word] |= bit * (found != ir.FALSE)

    def replace(self, index: int, engine: AllFirms) -> Totals:
        """The planes of a rule anew, from an engine of this rule alone."""
        facts = {}
        for key, use in engine.plan.uses.items():
            column = self.facts.get(key)
            if column is None:
                column = unknown_column(self.columns.rows, use)
            elif use is not engine.made.uses.get(key):
                assert column.values is not None
                digits = digits_of_known(column.values, use, column.known)
                column = Column(column.known, digits, column.values, column.bounds)
            facts[key] = column
        found = engine.result(Columns(self.columns.rows, facts), self.roots)
        self.roots[index] = found.roots[0]
        return found.totals()


def _get(column: Column, at: int) -> int | None:
    known, values = column.known, column.values
    assert values is not None
    if known is not None and not int(known[at // 64]) >> at % 64 & 1:
        return None
    return int(values[at])


def _digits(value: int | None, use: FactUse) -> Integers:
    """The bits of a value in the planes of its column."""
    if value is None:
        return np.zeros(use.digits + len(use.bits), np.uint64)
    rank = bisect_right(use.cuts, value)
    bits = [rank >> digit & 1 for digit in range(use.digits)]
    return np.array([*bits, *(value >> bit & 1 for bit in use.bits)], np.uint64)
