"""Numbers of many firms at once: the plain way, for choices and for integers of any size."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol, cast

import numpy as np

from huiqi.rules import ir
from huiqi.rules.batch.plan import Plan
from huiqi.rules.batch.planes import Integers, Mask

Number = Integers | int
KnownMask = Mask | None
"""None: known for all."""

State = tuple[Mask, Mask]
"""Certain, possible."""


class Firms(Protocol):
    """The facts of some firms, as arrays."""

    @property
    def size(self) -> int: ...

    def values(self, key: str) -> Integers:
        """Stored integers; anything where unknown."""
        ...

    def known(self, key: str) -> KnownMask: ...

    def state(self, condition: ir.Bool) -> State: ...


@dataclass(frozen=True, eq=False)
class Some:
    """Some of other firms."""

    firms: Firms
    rows: Integers

    @property
    def size(self) -> int:
        return len(self.rows)

    def values(self, key: str) -> Integers:
        return self.firms.values(key)[self.rows]

    def known(self, key: str) -> KnownMask:
        known = self.firms.known(key)
        return None if known is None else known[self.rows]

    def state(self, condition: ir.Bool) -> State:
        certain, possible = self.firms.state(condition)
        return certain[self.rows], possible[self.rows]


@dataclass(eq=False)
class Arithmetic:
    """Calculates numbers for some firms.

    Where a number is known takes divisors and choices into account, and the facts inside
    choices; the facts in ``plan.strict`` must be known besides.
    """

    plan: Plan
    firms: Firms
    exact: bool = False
    """Python's integers instead of 64 bits."""

    _found: dict[int, tuple[Number, KnownMask]] = field(default_factory=dict)

    def number(self, root: ir.Number) -> tuple[Number, KnownMask]:
        found = self._found.get(id(root))
        if found is None:
            found = self._found[id(root)] = self._calculate(root)
        return found

    def _calculate(self, node: ir.Number) -> tuple[Number, KnownMask]:
        match node:
            case ir.Const(value):
                return value, None
            case ir.Fact(key):
                dtype = object if self.exact else np.int64
                return self.firms.values(key).astype(dtype, copy=False), None
            case ir.Positive():
                number, known = self.number(node.item)
                return number, both(known, self._mask(number > 0))
            case ir.Choose():
                return self._choose(node)
            case ir.FloorDiv():
                return self._divide(node)
            case _:
                left, left_known = self.number(node.left)
                right, right_known = self.number(node.right)
                return _combine(node, left, right), both(left_known, right_known)

    def _divide(self, node: ir.FloorDiv) -> tuple[Number, KnownMask]:
        left, left_known = self.number(node.left)
        right, right_known = self.number(node.right)
        known = both(left_known, right_known)
        if not isinstance(right, int):
            fit = self._mask(right > 0)
            return left // np.where(fit, right, 1), both(known, fit)
        if right > 0:
            return left // right, known
        return 0, self._mask(False)

    def _choose(self, node: ir.Choose) -> tuple[Number, KnownMask]:
        certain, possible = self.firms.state(node.condition)
        (yes, _), (no, _) = self.number(node.yes), self.number(node.no)
        if self.exact:
            value: Integers = np.empty(self.firms.size, object)
            value[:] = no
            value[certain] = yes if isinstance(yes, int) else yes[certain]
        else:
            value = np.where(certain, yes, no)
        known: Mask = certain | ~possible
        yes_known, no_known = self._fully_known(node.yes), self._fully_known(node.no)
        if yes_known is not None:
            known = known & (yes_known | ~certain)
        if no_known is not None:
            known = known & (no_known | certain)
        return value, known

    def _fully_known(self, root: ir.Number) -> KnownMask:
        known = self.number(root)[1]
        for key in self.plan.strict[id(root)]:
            known = both(known, self.firms.known(key))
        return known

    def _mask(self, found: Any) -> Mask:
        return np.broadcast_to(np.asarray(found, np.bool_), self.firms.size)


def both(left: KnownMask, right: KnownMask) -> KnownMask:
    """Where both are known."""
    if left is None or right is None:
        return right if left is None else left
    return left & right


def filled(value: Number, size: int) -> Integers:
    return value if isinstance(value, np.ndarray) and value.ndim else np.full(size, value)


def _combine(node: ir.BinaryNumber, left: Number, right: Number) -> Number:
    match node:
        case ir.Add():
            return left + right
        case ir.Sub():
            return left - right
        case ir.Mul():
            return left * right
        case ir.Min():
            return cast(Number, np.minimum(left, right))
        case ir.Max():
            return cast(Number, np.maximum(left, right))
    raise TypeError(node)
