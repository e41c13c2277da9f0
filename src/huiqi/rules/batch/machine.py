"""Carries a schedule out over the columns of a chunk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from huiqi.rules import ir
from huiqi.rules.batch.arithmetic import KnownMask, State
from huiqi.rules.batch.columns import Columns
from huiqi.rules.batch.numbers import Numbers, NumbersOf, compared_with
from huiqi.rules.batch.operands import (
    Comparisons,
    Digit,
    Every,
    Kept,
    Known,
    NumberAtom,
    Operand,
    Part,
    Register,
    Value,
)
from huiqi.rules.batch.planes import Integers, Mask, Plane, blocks, pack, unpack
from huiqi.rules.batch.registers import Schedule
from huiqi.rules.batch.tape import Tape, Workspace

Pairs = npt.NDArray[np.uint64]
"""Pairs of planes: number × (certain, possible) × words."""

_WHERE: dict[Part, int | slice] = {
    "both": slice(None),
    "swapped": slice(None, None, -1),
    "certain": 0,
    "possible": 1,
}
"""Parts of a pair of planes."""


class Machine:
    """Working space for a schedule over chunks of so many words, loaded with one chunk."""

    def __init__(self, schedule: Schedule, numbers: Numbers, words: int) -> None:
        self.schedule = schedule
        self.numbers = numbers
        self.kept: Pairs | None = None
        self.registers: Pairs = np.empty((schedule.registers, 2, words), np.uint64)
        self.workspace = Workspace()
        self.nothing: Plane = np.zeros(words, np.uint64)
        self.arrays: list[Plane] = [self.nothing] * len(schedule.operands)
        self.inputs: list[tuple[int, Operand]] = []
        for place, operand in enumerate(schedule.operands):
            if isinstance(operand, Register):
                self.arrays[place] = self.planes(operand)
            else:
                self.inputs.append((place, operand))

    def fits(self, schedule: Schedule, numbers: Numbers, words: int) -> bool:
        same = self.schedule is schedule and self.numbers is numbers
        return same and self.registers.shape[2] == words

    def run(self, columns: Columns) -> None:
        """All conditions of the schedule over a chunk."""
        self.columns = columns
        arrays = self.arrays
        for place, operand in self.inputs:
            arrays[place] = self.planes(operand)
        for step in self.schedule.code:
            if isinstance(step, Comparisons):
                self._compare(step)
            else:
                operation, left, right, out = step
                operation(arrays[left], arrays[right], arrays[out])

    def planes(self, operand: Operand) -> Plane:
        """The plane or pair an operand stands for."""
        match operand:
            case Digit(key, number):
                digit: Plane = self.columns.facts[key].digits[number]
                return digit
            case Known(key, known):
                return self.columns.known(key) if known else self.columns.unknown(key)
            case Every(firms):
                return self.columns.valid if firms else self.nothing
            case Kept(number, part):
                assert self.kept is not None
                return _part(self.kept[number], part)
            case Register(number, part):
                return _part(self.registers[number], part)

    def state_planes(self, value: Value) -> tuple[Plane, Plane]:
        """Certain and possible."""
        return self.planes(value.certain), self.planes(value.possible)

    # --- comparisons of numbers --------------------------------------------------------------

    def _compare(self, step: Comparisons) -> None:
        conditions = {id(node): self.state_planes(value) for node, value in step.conditions}
        tape, playable = self.numbers.atom_tape(step)
        played = set(playable)
        others = [pair for number, pair in enumerate(step.atoms) if number not in played]
        for start, stop in blocks(self.columns.rows):
            rows = Rows(self.columns, start, stop, conditions)
            self._play(step, tape, playable, rows)
            if others:
                self._calculate(others, rows)
        for atom, register in step.atoms:
            self._finish(atom, self.registers[register])

    def _play(self, step: Comparisons, tape: Tape, playable: Sequence[int], rows: Rows) -> None:
        arrays = self.workspace.play(tape, rows.values, rows.size)
        for number, mask, needs in zip(playable, tape.results, tape.conditions, strict=True):
            known = None if not needs else np.logical_and.reduce([arrays[n] for n in needs])
            self._store(step.atoms[number][1], rows, arrays[mask], known)

    def _calculate(self, atoms: Sequence[tuple[NumberAtom, int]], rows: Rows) -> None:
        numbers = NumbersOf(self.numbers, rows)
        for atom, register in atoms:
            value, known = numbers.number(atom.item)
            other = compared_with(atom)
            found = value >= other if isinstance(atom, ir.Ge) else value == other
            self._store(register, rows, np.asarray(found, np.bool_), known)

    def _store(self, register: int, rows: Rows, found: Mask, known: KnownMask) -> None:
        certain, possible = self.registers[register].view(np.uint8)
        at = slice(rows.start // 8, (rows.stop + 7) // 8)
        certain[at] = pack(found)
        possible[at] = 255 if known is None else pack(known)

    def _finish(self, atom: NumberAtom, planes: Plane) -> None:
        """From (comparison, divisors and choices known) to (certain, possible)."""
        valid = self.columns.valid
        certain, possible = planes
        possible &= self.columns.known_all(self.numbers.plan.strict[id(atom.item)])
        certain &= possible
        np.bitwise_xor(possible, valid, out=possible)
        np.bitwise_or(possible, certain, out=possible)


def _part(planes: Pairs, part: Part) -> Plane:
    found: Plane = planes[_WHERE[part]]
    return found


@dataclass(frozen=True, eq=False)
class Rows:
    """Consecutive firms of a chunk, from a multiple of 64."""

    columns: Columns
    start: int
    stop: int
    conditions: Mapping[int, tuple[Plane, Plane]]

    @property
    def size(self) -> int:
        return self.stop - self.start

    def values(self, key: str) -> Integers:
        return self.columns.values(key)[self.start : self.stop]

    def known(self, key: str) -> KnownMask:
        known = self.columns.facts[key].known
        return None if known is None else unpack(known, self.start, self.stop)

    def state(self, condition: ir.Bool) -> State:
        certain, possible = self.conditions[id(condition)]
        return unpack(certain, self.start, self.stop), unpack(possible, self.start, self.stop)
