"""Numbers without choices as straight lists of NumPy operations on 64-bit integers.

The quick way for numbers that stay within 64 bits; ``arithmetic`` does all others. Working
arrays are used over again, in place where possible.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from huiqi.rules import ir
from huiqi.rules.batch.planes import Integers

Operand = tuple[str, Any]
"""("fact", key), ("const", value), ("buffer", number) as 64-bit integers; ("natural", one of these)
the same as unsigned ones, which divide twice as fast; ("mask", number)."""

Step = tuple[np.ufunc, int, int, int]

_OPERATIONS: dict[type[ir.BinaryNumber], np.ufunc] = {
    ir.Add: np.add,
    ir.Sub: np.subtract,
    ir.Mul: np.multiply,
    ir.Min: np.minimum,
    ir.Max: np.maximum,
    ir.FloorDiv: np.floor_divide,
}


@dataclass(frozen=True, eq=False)
class Tape:
    """Steps ``out = operation(left, right)`` over facts, constants and working arrays."""

    steps: tuple[Step, ...]
    operands: tuple[Operand, ...]
    results: tuple[int, ...]
    """Operands that hold what was asked for."""

    conditions: tuple[tuple[int, ...], ...]
    """For each result the masks that must be true for it to be known: divisors over 0."""

    constants: list[npt.NDArray[Any] | None] = field(init=False)
    places: dict[str, list[tuple[int, Any]]] = field(init=False)
    """By kind of operand, where each is."""

    def __post_init__(self) -> None:
        places: dict[str, list[tuple[int, Any]]] = {}
        for place, (kind, value) in enumerate(self.operands):
            places.setdefault(kind, []).append((place, value))
        constants: list[npt.NDArray[Any] | None] = [None] * len(self.operands)
        for place, value in places.get("const", ()):
            constants[place] = np.array(value, np.int64)
        object.__setattr__(self, "constants", constants)
        object.__setattr__(self, "places", places)

    def count(self, kind: str) -> int:
        return 1 + max((number for _, number in self.places.get(kind, ())), default=-1)


class TapeWriter:
    """Writes a tape: parts before wholes, each once, working arrays freed after their last use."""

    def __init__(self, roots: Sequence[ir.Number], is_natural: Callable[[ir.Number], bool]) -> None:
        self.is_natural = is_natural
        self.steps: list[Step] = []
        self.operands: dict[Operand, int] = {}
        self.found: dict[int, Operand] = {}
        self.conditions: dict[int, tuple[int, ...]] = {}
        self.free: list[int] = []
        self.buffers = 0
        self.masks = 0
        self.uses: dict[int, int] = {}
        for node in ir.walk(*roots):
            for child in ir.children(node):
                self.uses[id(child)] = self.uses.get(id(child), 0) + 1
        for root in roots:
            self.uses[id(root)] = self.uses.get(id(root), 0) + 1

    def tape(self, results: Sequence[tuple[int, tuple[int, ...]]]) -> Tape:
        places = tuple(place for place, _ in results)
        conditions = tuple(found for _, found in results)
        return Tape(tuple(self.steps), tuple(self.operands), places, conditions)

    def number(self, root: ir.Number) -> tuple[int, tuple[int, ...]]:
        """The operand of a number, and the masks it depends on."""
        for node in ir.walk(root):
            if id(node) not in self.found:
                assert not isinstance(node, ir.Bool)
                self.found[id(node)] = self._write(node)
        return self._place(self.found[id(root)]), self.conditions[id(root)]

    def compared(
        self, operation: np.ufunc, left: ir.Number, right: ir.Number | int
    ) -> tuple[int, tuple[int, ...]]:
        """A mask of a comparison."""
        place, needs = self.number(left)
        if isinstance(right, int):
            other: int = self._place(_const(right))
        else:
            other, more = self.number(right)
            needs = tuple(dict.fromkeys(needs + more))
        mask = self._mask(operation, place, other)
        self._release(left)
        if not isinstance(right, int):
            self._release(right)
        return mask, needs

    def _write(self, node: ir.Number) -> Operand:
        self.conditions[id(node)] = tuple(
            dict.fromkeys(n for child in ir.children(node) for n in self.conditions[id(child)])
        )
        match node:
            case ir.Const(value):
                return _const(value)
            case ir.Fact(key):
                return ("fact", key)
            case ir.Positive(item):
                self._require(node, item)
                # The item is held for as long as this, which is the same array.
                self.uses[id(item)] += self.uses[id(node)] - 1
                return self.found[id(item)]
            case ir.FloorDiv():
                return self._divide(node)
            case ir.Choose():
                raise TypeError("a tape has no choices")
            case _:
                left, right = self.found[id(node.left)], self.found[id(node.right)]
                return self._emit(node, left, right)

    def _divide(self, node: ir.FloorDiv) -> Operand:
        left, right = self.found[id(node.left)], self.found[id(node.right)]
        if not isinstance(node.right, ir.Const):
            self._require(node, node.right)
            safe = self._new_buffer()
            self._step(np.maximum, right, _const(1), safe)
            out = self._emit(node, left, safe)
            self.free.append(safe[1])
            return out
        if self.is_natural(node.left):
            return self._emit(node, _natural(left), _natural(_const(node.right.value)))
        return self._emit(node, left, right)

    def _emit(self, node: ir.BinaryNumber, left: Operand, right: Operand) -> Operand:
        self._release(node.left)
        self._release(node.right)
        out = self._new_buffer()
        natural = left[0] == "natural"
        self._step(_OPERATIONS[type(node)], left, right, _natural(out) if natural else out)
        return out

    def _require(self, node: ir.Number, item: ir.Number) -> None:
        mask = self._mask(np.greater, self._place(self.found[id(item)]), self._place(_const(0)))
        self.conditions[id(node)] += (mask,)

    def _release(self, node: ir.Number) -> None:
        if isinstance(node, ir.Positive):
            self._release(node.item)
            return
        self.uses[id(node)] -= 1
        kind, number = self.found[id(node)]
        if not self.uses[id(node)] and kind == "buffer":
            self.free.append(number)

    def _new_buffer(self) -> Operand:
        if self.free:
            return ("buffer", self.free.pop())
        self.buffers += 1
        return ("buffer", self.buffers - 1)

    def _mask(self, operation: np.ufunc, left: int, right: int) -> int:
        out = self._place(("mask", self.masks))
        self.masks += 1
        self.steps.append((operation, left, right, out))
        return out

    def _step(self, operation: np.ufunc, left: Operand, right: Operand, out: Operand) -> None:
        self.steps.append((operation, self._place(left), self._place(right), self._place(out)))

    def _place(self, operand: Operand) -> int:
        if operand[0] == "natural":
            self._place(operand[1])
        return self.operands.setdefault(operand, len(self.operands))


def _const(value: int) -> Operand:
    return ("const", value)


def _natural(operand: Operand) -> Operand:
    return ("natural", operand)


@dataclass(eq=False)
class Workspace:
    """Working arrays, as long as the longest need so far."""

    _numbers: list[Integers] = field(default_factory=list)
    _masks: list[Integers] = field(default_factory=list)

    def play(
        self, tape: Tape, facts: Callable[[str], Integers], size: int
    ) -> list[npt.NDArray[Any]]:
        """Carries the steps out; the arrays of all operands, good until the next play."""
        arrays: list[Any] = tape.constants.copy()
        places = tape.places
        for place, key in places.get("fact", ()):
            arrays[place] = facts(key).astype(np.int64, copy=False)
        if "buffer" in places:
            numbers = _enough(self._numbers, tape.count("buffer"), size, np.int64)
            for place, number in places["buffer"]:
                arrays[place] = numbers[number][:size]
        if "mask" in places:
            masks = _enough(self._masks, tape.count("mask"), size, np.bool_)
            for place, number in places["mask"]:
                arrays[place] = masks[number][:size]
        for place, operand in places.get("natural", ()):
            arrays[place] = arrays[tape.operands.index(operand)].view(np.uint64)
        for operation, left, right, out in tape.steps:
            operation(arrays[left], arrays[right], out=arrays[out])
        return arrays


def _enough(
    arrays: list[Integers], count: int, size: int, dtype: type[np.generic]
) -> list[Integers]:
    if len(arrays) < count or len(arrays[0]) < size:
        longest = max(size, len(arrays[0]) if arrays else 0)
        arrays[:] = [np.empty(longest, dtype) for _ in range(max(count, len(arrays)))]
    return arrays
