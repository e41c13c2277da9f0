"""All rules over one chunk of firms: totals, and the answers firm by firm."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from huiqi.rules import ir
from huiqi.rules.batch.amounts import Amounts, Selected, amounts_of
from huiqi.rules.batch.columns import Columns
from huiqi.rules.batch.machine import Machine, Pairs
from huiqi.rules.batch.missing import Search
from huiqi.rules.batch.plan import Plan
from huiqi.rules.batch.planes import (
    Integers,
    Mask,
    Plane,
    as_mask_series,
    bit_numbers,
    set_rows,
    states_of,
)
from huiqi.rules.batch.totals import RuleTotals, Totals
from huiqi.rules.program import Rule


@dataclass(eq=False)
class Chunk:
    """The answers of a program for the firms of a chunk."""

    machine: Machine
    columns: Columns

    @property
    def plan(self) -> Plan:
        return self.machine.numbers.plan

    @property
    def rules(self) -> tuple[Rule, ...]:
        return self.plan.program.rules

    @property
    def roots(self) -> Pairs:
        """Certain and possible of every rule."""
        return self.machine.registers[: len(self.rules)]

    # --- totals ------------------------------------------------------------------------------

    def totals(self) -> Totals:
        counts = np.bitwise_count(self.roots).sum(axis=2, dtype=np.int64).tolist()
        amounts = self._amount_totals()
        rows, found = self.columns.rows, []
        for index, (rule, (certain, possible)) in enumerate(zip(self.rules, counts, strict=True)):
            if isinstance(rule.amount, ir.Const):
                money, known = certain * rule.amount.value, certain
            else:
                money, known = amounts.get(index, (0, certain if rule.amount is None else 0))
            found.append(
                RuleTotals(certain, possible - certain, rows - possible, money, certain - known)
            )
        return Totals(rows, tuple(found))

    def _amount_totals(self) -> dict[int, tuple[int, int]]:
        """By rule with a calculated amount: the sum, and for how many firms it is known."""
        jobs = self.plan.calculated
        masks: Plane = np.empty((len(jobs), self.columns.words), np.uint64)
        for mask, index in zip(masks, jobs, strict=True):
            self._payable(index, mask)
        sizes = np.bitwise_count(masks).sum(axis=1, dtype=np.int64).tolist()
        series, bits = as_mask_series(masks), self.columns.words * 64
        found = {}
        for place, (index, size) in enumerate(zip(jobs, sizes, strict=True)):
            if size:
                mask = series.slice(place * bits, self.columns.rows)
                amounts = self._amounts(index, Selected(self.columns, mask, size))
                found[index] = amounts.total(self.machine.numbers.largest(jobs[index]))
        return found

    def _payable(self, index: int, out: Plane) -> Plane:
        """The eligible firms for which all facts are known that the amount always needs."""
        known = self.columns.known_all(self.plan.strict[id(self.rules[index].amount)])
        np.bitwise_and(self.roots[index, 0], known, out=out)
        return out

    def _amounts(self, index: int, selected: Selected) -> Amounts:
        amount = self.rules[index].amount
        assert amount is not None
        for condition in self.plan.choices(amount):
            selected.conditions[id(condition)] = self._state(condition)
        return amounts_of(amount, selected, self.machine.numbers, self.machine.workspace)

    # --- firm by firm ------------------------------------------------------------------------

    def states(self, index: int) -> Integers:
        """The state of a rule for every firm: 0, 1 or 3."""
        certain, possible = self.roots[index]
        return states_of(certain, possible, self.columns.rows)

    def amounts(self, index: int) -> tuple[Integers, Mask]:
        """Fen for every firm and where they count: eligible firms with a known amount."""
        rows, amount = self.columns.rows, self.rules[index].amount
        known: Mask = np.zeros(rows, np.bool_)
        values: Integers = np.zeros(rows, np.int64)
        if amount is None:
            return values, known
        payable = self._payable(index, np.empty(self.columns.words, np.uint64))
        at = set_rows(payable, rows)
        selected = Selected(self.columns, as_mask_series(payable).head(rows), len(at))
        found = self._amounts(index, selected)
        if found.values.dtype == object:
            values = values.astype(object)
        values[at] = found.values
        known[at] = True if found.known is None else found.known
        values[~known] = 0
        return values, known

    def criterion_states(self, index: int, criterion: int) -> Integers:
        """The state of one criterion of a rule for every firm."""
        certain, possible = self._state(self.rules[index].criteria[criterion])
        return states_of(certain, possible, self.columns.rows)

    def unmet(self, index: int) -> Integers:
        """For every firm the criteria that are false, as bits."""
        criteria, valid = self.rules[index].criteria, self.columns.valid
        failed = ((number, valid ^ self._state(node)[1]) for number, node in enumerate(criteria))
        return bit_numbers(failed, len(criteria), self.columns.rows)

    def missing(self, index: int) -> Integers:
        """For every firm the facts that can still change its answer, as bits.

        Bits stand for ``ir.fact_keys`` of the criteria and the amount, in this order; 64-bit
        integers, or Python's for a rule with more than 64 facts.
        """
        rule = self.rules[index]
        certain, possible = self.roots[index]
        roots: list[tuple[ir.Node, Plane]] = [(c, certain ^ possible) for c in rule.criteria]
        if rule.amount is not None:
            roots.append((rule.amount, certain))
        keys = ir.fact_keys(*(root for root, _ in roots))
        missing = self._search.missing(roots)
        planes = ((keys.index(key), plane) for key, plane in missing.items())
        return bit_numbers(planes, len(keys), self.columns.rows)

    @cached_property
    def _search(self) -> Search:
        return Search(self.columns, self.machine.numbers, self._state)

    def _state(self, node: ir.Bool) -> tuple[Plane, Plane]:
        return self.machine.state_planes(self.machine.schedule.pinned[id(node)])
