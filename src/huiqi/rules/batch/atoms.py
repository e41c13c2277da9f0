"""Conditions on one fact, from the binary digits of its ranks."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from huiqi.rules import ir
from huiqi.rules.batch.operands import Digit, Every, Known, Operand, Register, Value, pair
from huiqi.rules.batch.plan import (
    HIGHEST,
    LOWEST,
    FactUse,
    Span,
    fact_of,
    open_spans,
    set_bits,
    yes_spans,
)

Emit = Callable[[np.ufunc, Operand, Operand, Operand], None]


class FactAtoms:
    """Writes the steps of conditions on one fact.

    With ranks in binary digits, "rank >= c" is one operation a digit, and cut points whose lower
    digits are alike share the work on them: about two operations a cut point.
    """

    def __init__(
        self,
        uses: Mapping[str, FactUse],
        nullable: frozenset[str],
        emit: Emit,
        register: Callable[[], int],
    ) -> None:
        self.uses = uses
        self.nullable = nullable
        self.emit = emit
        self.register = register
        self.certain: dict[int, Operand] = {}
        self.ladder: dict[tuple[str, int, int], Operand] = {}
        self.half_empty: set[int] = set()
        """Registers in whose second half nothing was put yet."""

        self.ranks = {
            key: {cut: rank for rank, cut in enumerate(use.cuts, 1)} for key, use in uses.items()
        }

    def value(self, atom: ir.Atom) -> Value:
        """Certain where it holds; possible also where it is open or the fact is unknown."""
        key, certain, maybe = fact_of(atom), self._certain(atom), self._open(atom)
        if key in self.nullable:
            maybe.append(Known(key, False))
        if not maybe:
            return Value(certain)
        if isinstance(certain, Register) and certain.number in self.half_empty:
            self.half_empty.discard(certain.number)
            value = pair(certain.number)
        else:
            value = pair(self.register())
            self.emit(np.bitwise_or, certain, certain, value.certain)
        self._chain(np.bitwise_or, [certain, *maybe], value.possible)
        return value

    def negated(self, atom: ir.Atom) -> Value:
        """The negation, from the same digits: an operation less than negating the pair."""
        key, certain, is_open = fact_of(atom), self._certain(atom), self._open(atom)
        if key not in self.nullable and not is_open:
            return Value(self._chain(np.bitwise_xor, [Every(True), certain]))
        value = pair(self.register())
        known = Known(key, True) if key in self.nullable else Every(True)
        self._chain(np.bitwise_xor, [known, certain, *is_open], value.certain)
        self._chain(np.bitwise_xor, [Every(True), certain], value.possible)
        return value

    def _certain(self, atom: ir.Atom) -> Operand:
        found = self.certain.get(id(atom))
        if found is None:
            if isinstance(atom, ir.HasBits):
                found = self._members(atom)
            else:
                found = self._within(fact_of(atom), yes_spans(atom))
            self.certain[id(atom)] = found
        return found

    def _open(self, atom: ir.Atom) -> list[Operand]:
        """The firms whose fact is known, but not finely enough."""
        spans = [] if isinstance(atom, ir.HasBits) else open_spans(atom)
        return [self._within(fact_of(atom), spans)] if spans else []

    def _within(self, key: str, spans: list[Span]) -> Operand:
        """Rank in one of the spans: as they are apart, the ends cancel out by exclusive or."""
        ends = [self._at_least(key, end) for span in spans for end in span]
        return self._chain(np.bitwise_xor, [end for end in ends if end != Every(False)])

    def _members(self, atom: ir.HasBits) -> Operand:
        key, use = atom.fact.key, self.uses[atom.fact.key]
        planes: list[Operand] = [
            Digit(key, use.digits + use.bits.index(bit)) for bit in set_bits(atom.mask)
        ]
        if not planes and atom.every:
            return self._known(key)
        return self._chain(np.bitwise_and if atom.every else np.bitwise_or, planes)

    def _known(self, key: str) -> Operand:
        return Known(key, True) if key in self.nullable else Every(True)

    def _at_least(self, key: str, bound: int) -> Operand:
        """The firms whose value is known and at least ``bound``, a cut point."""
        if bound > HIGHEST:
            return Every(False)
        if bound <= LOWEST:
            return self._known(key)
        return self._rank_at_least(key, self.uses[key].digits, self.ranks[key][bound])

    def _rank_at_least(self, key: str, digits: int, rank: int) -> Operand:
        """The lowest so many digits of the rank are at least ``rank``, which is over 0."""
        found = self.ladder.get((key, digits, rank))
        if found is None:
            found = self.ladder[key, digits, rank] = self._compare(key, digits, rank)
        return found

    def _compare(self, key: str, digits: int, rank: int) -> Operand:
        highest, weight = Digit(key, digits - 1), 1 << digits - 1
        if rank == weight:
            return highest
        operation = np.bitwise_or if rank < weight else np.bitwise_and
        rest = self._rank_at_least(key, digits - 1, rank if rank < weight else rank - weight)
        return self._chain(operation, [highest, rest])

    def _chain(
        self, operation: np.ufunc, parts: list[Operand], out: Operand | None = None
    ) -> Operand:
        """All parts joined by an operation."""
        if len(parts) <= 1:
            return parts[0] if parts else Every(False)
        if out is None:
            number = self.register()
            self.half_empty.add(number)
            out = Register(number, "certain")
        left = parts[0]
        for part in parts[1:]:
            self.emit(operation, left, part, out)
            left = out
        return out
