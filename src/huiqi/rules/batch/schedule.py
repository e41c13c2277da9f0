"""The order of work: the conditions of a program as a straight list of operations on planes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from huiqi.rules import ir
from huiqi.rules.batch.atoms import FactAtoms
from huiqi.rules.batch.operands import (
    Comparisons,
    Every,
    Kept,
    NumberAtom,
    Operand,
    Register,
    Step,
    Value,
    pair,
)
from huiqi.rules.batch.plan import Plan, is_fact_atom, is_number_atom
from huiqi.rules.batch.registers import Schedule, allocate


def schedule(
    plan: Plan,
    nullable: frozenset[str],
    roots: Sequence[ir.Bool],
    pinned: Iterable[ir.Bool] = (),
    kept: Mapping[int, int] | None = None,
) -> Schedule:
    """Steps that leave each root in the register of its number, and the pinned somewhere.

    ``nullable``: facts unknown for some firm. ``kept``: places of conditions computed before.
    """
    pinned = list(pinned)
    writer = _Writer(plan, nullable, kept or {})
    writer.comparisons([*roots, *pinned])
    outs = [writer.root(root) for root in roots]
    values = {id(node): writer.value(node) for node in pinned}
    return allocate(writer.steps, outs, values)


class _Writer:
    """Writes the steps, parts before wholes, each condition once."""

    def __init__(self, plan: Plan, nullable: frozenset[str], kept: Mapping[int, int]) -> None:
        self.plan = plan
        self.nullable = nullable
        self.kept = kept
        self.values = {node: pair(place, Kept) for node, place in kept.items()}
        self.steps: list[Step | Comparisons] = []
        self.registers = 0
        self.roots: set[int] = set()
        self.atoms = FactAtoms(plan.uses, nullable, self.emit, self.register)

    def register(self) -> int:
        self.registers += 1
        return self.registers - 1

    def emit(self, operation: np.ufunc, left: Operand, right: Operand, out: Operand) -> None:
        self.steps.append(Step(operation, left, right, out))

    def root(self, root: ir.Bool) -> int:
        """The number of a register of the root's own."""
        value = self.value(root)
        place = value.certain
        if isinstance(place, Register) and value.is_pair and place.number not in self.roots:
            self.roots.add(place.number)
            return place.number
        number = self.register()
        self.emit(np.bitwise_or, value.whole, value.whole, Register(number, "both"))
        return number

    # --- comparisons of numbers --------------------------------------------------------------

    def comparisons(self, roots: Sequence[ir.Bool]) -> None:
        """Those whose choices are settled first, then those that depend on these."""
        levels: dict[int, list[NumberAtom]] = {}
        for node in ir.walk(*roots):
            if is_number_atom(node) and id(node) not in self.values:
                levels.setdefault(self.plan.levels[id(node)], []).append(node)
        for _, atoms in sorted(levels.items()):
            conditions = {id(c): c for atom in atoms for c in self.plan.choices(atom.item)}
            settled = tuple((node, self.value(node)) for node in conditions.values())
            outs = tuple((atom, self.register()) for atom in atoms)
            self.steps.append(Comparisons(outs, settled))
            for atom, number in outs:
                made = pair(number)
                is_open = self._is_open(atom.item)
                self.values[id(atom)] = made if is_open else Value(made.certain)

    def _is_open(self, root: ir.Number) -> bool:
        """Whether a number may be unknown for some firm of the chunk."""
        for node in self.plan.numbers_below(root):
            match node:
                case ir.Fact(key) if key in self.nullable:
                    return True
                case ir.Positive():
                    return True
                case ir.FloorDiv(_, right) if not isinstance(right, ir.Const) or right.value <= 0:
                    return True
                case ir.Choose(condition) if self.value(condition).is_pair:
                    return True
        return False

    # --- conditions --------------------------------------------------------------------------

    def value(self, node: ir.Bool) -> Value:
        found = self.values.get(id(node))
        if found is None:
            found = self.values[id(node)] = self._make(node)
        return found

    def _make(self, node: ir.Bool) -> Value:
        match node:
            case ir.Truth(value):
                return Value(Every(value))
            case ir.And(items):
                return self._joined(np.bitwise_and, self._parts(items))
            case ir.Or(items):
                return self._joined(np.bitwise_or, self._parts(items))
            case ir.Not(item) if is_fact_atom(item) and id(item) not in self.kept:
                return self.atoms.negated(item)
            case ir.Not(item):
                return self._negated(self.value(item))
            case ir.AtLeast(count, items):
                return self._at_least(count, self._parts(items))
            case _:
                return self.atoms.value(node)

    def _parts(self, items: tuple[ir.Bool, ...]) -> list[Value]:
        # Pairs first, so that every partial result has its final shape.
        values = [self.value(item) for item in items]
        return sorted(values, key=lambda value: not value.is_pair)

    def _fresh(self, parts: Sequence[Value]) -> Value:
        """A register fit for something made of these."""
        made = pair(self.register())
        return made if any(part.is_pair for part in parts) else Value(made.certain)

    def _joined(self, operation: np.ufunc, parts: Sequence[Value]) -> Value:
        if len(parts) == 1:
            return parts[0]
        out = self._fresh(parts)
        left = parts[0].whole
        for part in parts[1:]:
            self.emit(operation, left, part.whole, out.whole)
            left = out.whole
        return out

    def _negated(self, value: Value) -> Value:
        out = self._fresh([value])
        self.emit(np.bitwise_xor, value.swapped, Every(True), out.whole)
        return out

    def _at_least(self, count: int, parts: Sequence[Value]) -> Value:
        if count <= 0 or count > len(parts):
            return Value(Every(count <= 0))
        # reached[n]: at least n of the parts so far; only those that still matter are kept up.
        reached: dict[int, Value] = {}
        for done, part in enumerate(parts, 1):
            lowest = max(1, count - len(parts) + done)
            for number in range(min(count, done), lowest - 1, -1):
                fewer = [reached[number - 1]] if number > 1 else []
                now = self._joined(np.bitwise_and, [*fewer, part])
                if number in reached:
                    now = self._joined(np.bitwise_or, [reached[number], now])
                reached[number] = now
        return reached[count]
