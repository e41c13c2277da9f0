"""Which way a number is calculated: 64 bits or Python's integers.

The bounds of the values that occur in a chunk decide: while no part of a number can leave 64 bits,
NumPy's integers are exact. Otherwise the firms with values so large that it could happen are
calculated in Python's integers, the others as usual.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from huiqi.rules import ir
from huiqi.rules.batch.arithmetic import Arithmetic, Firms, KnownMask, Some, both, filled
from huiqi.rules.batch.operands import Comparisons, NumberAtom
from huiqi.rules.batch.plan import HIGHEST, LOWEST, Plan
from huiqi.rules.batch.planes import Integers, Mask
from huiqi.rules.batch.tape import Tape, TapeWriter


@dataclass(eq=False)
class Numbers:
    """The numbers of a plan over columns whose values lie within ``bounds``."""

    plan: Plan
    bounds: Mapping[str, ir.Bounds]
    _builder: ir.Builder = field(init=False)
    _limits: dict[int, int | None] = field(default_factory=dict)
    _amounts: dict[int, Tape | None] = field(default_factory=dict)
    _atoms: dict[Comparisons, tuple[Tape, list[int]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._builder = ir.Builder(self.bounds)

    def largest(self, root: ir.Number) -> int:
        """The largest size a number can have."""
        low, high = self._builder.bounds(root)
        return max(abs(low), abs(high))

    def limit(self, root: ir.Number) -> int | None:
        """While no fact is beyond ± this, no part of ``root`` leaves 64 bits. None: none is."""
        if id(root) not in self._limits:
            self._limits[id(root)] = self._find_limit(root)
        return self._limits[id(root)]

    def _find_limit(self, root: ir.Number) -> int | None:
        if self._fits(root, self._builder):
            return None
        for power in range(62, 0, -1):
            limit = 1 << power
            clipped = {
                key: (max(low, -limit), min(high, limit))
                for key, (low, high) in self.bounds.items()
            }
            if self._fits(root, ir.Builder(clipped)):
                return limit
        return -1

    def _fits(self, root: ir.Number, builder: ir.Builder) -> bool:
        found = (builder.bounds(part) for part in self.plan.numbers_below(root))
        return all(low >= LOWEST and high <= HIGHEST for low, high in found)

    # --- tapes -------------------------------------------------------------------------------

    def amount_tape(self, root: ir.Number) -> Tape | None:
        """None when the number needs the plain way."""
        if id(root) not in self._amounts:
            self._amounts[id(root)] = self._make_amount_tape(root)
        return self._amounts[id(root)]

    def _make_amount_tape(self, root: ir.Number) -> Tape | None:
        if not self._is_playable(root):
            return None
        writer = TapeWriter([root], self._is_natural)
        return writer.tape([writer.number(root)])

    def atom_tape(self, step: Comparisons) -> tuple[Tape, list[int]]:
        """A tape for the comparisons of a step that can have one, and which they are."""
        if step not in self._atoms:
            playable = [
                number
                for number, (atom, _) in enumerate(step.atoms)
                if self._is_playable(atom.item) and LOWEST <= compared_with(atom) <= HIGHEST
            ]
            self._atoms[step] = self._make_atom_tape([step.atoms[n][0] for n in playable]), playable
        return self._atoms[step]

    def _make_atom_tape(self, atoms: Sequence[NumberAtom]) -> Tape:
        sides = [_sides(atom) for atom in atoms]
        roots = [n for _, *both_sides in sides for n in both_sides if not isinstance(n, int)]
        writer = TapeWriter(roots, self._is_natural)
        return writer.tape([writer.compared(*side) for side in sides])

    def _is_playable(self, root: ir.Number) -> bool:
        if self.limit(root) is not None:
            return False
        for part in self.plan.numbers_below(root):
            match part:
                case ir.Choose():
                    return False
                case ir.FloorDiv(_, ir.Const(value)) if value <= 0:
                    return False
        return True

    def _is_natural(self, node: ir.Number) -> bool:
        return self._builder.bounds(node)[0] >= 0


def _sides(atom: NumberAtom) -> tuple[np.ufunc, ir.Number, ir.Number | int]:
    """The comparison a >= b instead of a - b >= 0: one operation less."""
    match atom:
        case ir.Ge(ir.Sub(left, right), 0):
            return np.greater_equal, left, right
        case ir.Ge(ir.Sub(left, right), 1):
            return np.greater, left, right
        case ir.Eq(ir.Sub(left, right), 0):
            return np.equal, left, right
        case ir.Ge(item, bound):
            return np.greater_equal, item, bound
        case ir.Eq(item, value):
            return np.equal, item, value


def compared_with(atom: NumberAtom) -> int:
    return atom.bound if isinstance(atom, ir.Ge) else atom.value


@dataclass(eq=False)
class NumbersOf:
    """The numbers of some firms the plain way, each calculated once."""

    numbers: Numbers
    firms: Firms
    _arithmetic: Arithmetic = field(init=False)

    def __post_init__(self) -> None:
        self._arithmetic = Arithmetic(self.numbers.plan, self.firms)

    def number(self, root: ir.Number) -> tuple[Integers, KnownMask]:
        """Values and where they are known, provided the facts in ``plan.strict`` are."""
        limit = self.numbers.limit(root)
        if limit is None:
            value, known = self._arithmetic.number(root)
            return filled(value, self.firms.size), known
        return self._wide(root, limit)

    def known(self, root: ir.Number) -> KnownMask:
        """Where a number is known, all facts considered."""
        known = self.number(root)[1]
        for key in self.numbers.plan.strict[id(root)]:
            known = both(known, self.firms.known(key))
        return known

    def _wide(self, root: ir.Number, limit: int) -> tuple[Integers, KnownMask]:
        beyond = self._beyond(root, limit)
        value: Integers = np.zeros(self.firms.size, object)
        known: Mask = np.ones(self.firms.size, np.bool_)
        for mask, exact in ((beyond, True), (~beyond, False)):
            rows = np.flatnonzero(mask)
            if len(rows):
                some = Arithmetic(self.numbers.plan, Some(self.firms, rows), exact)
                found, found_known = some.number(root)
                value[rows] = found
                known[rows] = True if found_known is None else found_known
        return value, known

    def _beyond(self, root: ir.Number, limit: int) -> Mask:
        """Firms for which some part of a number may leave 64 bits."""
        if limit < 0:
            return np.ones(self.firms.size, np.bool_)
        beyond: Mask = np.zeros(self.firms.size, np.bool_)
        for part in self.numbers.plan.numbers_below(root):
            if isinstance(part, ir.Fact):
                values = self.firms.values(part.key)
                beyond |= (values < -limit) | (values > limit)
        return beyond
