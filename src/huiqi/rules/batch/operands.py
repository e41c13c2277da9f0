"""What steps work on: planes of a column, pairs of planes in working space.

Each condition is a pair of planes, certain (true) and possible (true or unknown), that lie next to
each other, so that Kleene's and/or are one operation on both; a condition that cannot be
unknown is one plane.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from huiqi.rules import ir

Part = Literal["both", "swapped", "certain", "possible"]
NumberAtom = ir.Ge | ir.Eq


@dataclass(frozen=True)
class Digit:
    """A plane of a column: a digit of its ranks, or a member of its sets."""

    key: str
    number: int


@dataclass(frozen=True)
class Known:
    """The firms for which a fact is known, or for which it is not."""

    key: str
    known: bool


@dataclass(frozen=True)
class Every:
    """All firms of the chunk, or none."""

    firms: bool


@dataclass(frozen=True)
class Kept:
    """A condition computed before, by its place among those kept."""

    number: int
    part: Part


@dataclass(frozen=True)
class Register:
    """Working space for a pair of planes."""

    number: int
    part: Part


Operand = Digit | Known | Every | Kept | Register


@dataclass(frozen=True)
class Value:
    """Where a condition is: one plane when it cannot be unknown, else a pair."""

    certain: Operand
    is_pair: bool = False

    @property
    def whole(self) -> Operand:
        return self._part("both")

    @property
    def swapped(self) -> Operand:
        return self._part("swapped")

    @property
    def possible(self) -> Operand:
        return self._part("possible")

    def _part(self, part: Part) -> Operand:
        if self.is_pair and isinstance(self.certain, Register | Kept):
            return type(self.certain)(self.certain.number, part)
        return self.certain


def pair(number: int, kind: type[Register] | type[Kept] = Register) -> Value:
    return Value(kind(number, "certain"), True)


@dataclass(frozen=True)
class Step:
    """``out = left operation right`` on planes or pairs of planes."""

    operation: np.ufunc
    left: Operand
    right: Operand
    out: Operand


@dataclass(frozen=True)
class Comparisons:
    """Comparisons of computed numbers, done in one go over the rows."""

    atoms: tuple[tuple[NumberAtom, int], ...]
    """Each with the register for its pair."""

    conditions: tuple[tuple[ir.Bool, Value], ...]
    """What the choices in these numbers depend on."""
