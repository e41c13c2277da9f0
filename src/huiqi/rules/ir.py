"""The integer form that all fast evaluators run: a shared graph of small nodes.

Everything is an integer or unknown; the graph is hash-consed, so a predicate that forty policies
share is one node. Conditions have three values, stored as 0 false, 1 unknown, 3 true, for
which ``&`` and ``|`` are Kleene's and/or. Semantics:

* arithmetic is strict: an unknown part makes the whole unknown;
* ``FloorDiv`` rounds down and is unknown unless the divisor is positive; ``Positive(x)`` is x,
  unknown unless x > 0 — it guards every denominator that is a fact;
* ``Choose`` is unknown when its condition is, else the chosen branch (the other is not looked at);
* ``InCodes`` is unknown for the codes in ``maybe``: nodes above a listed code.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar, cast

FALSE, UNKNOWN, TRUE = 0, 1, 3
NEGATED = (TRUE, UNKNOWN, UNKNOWN, FALSE)
"""NEGATED[state] is the negation of a state."""

Bounds = tuple[int, int]


@dataclass(frozen=True, eq=False, slots=True)
class Const:
    value: int


@dataclass(frozen=True, eq=False, slots=True)
class Fact:
    key: str


@dataclass(frozen=True, eq=False, slots=True)
class Add:
    left: Number
    right: Number


@dataclass(frozen=True, eq=False, slots=True)
class Sub:
    left: Number
    right: Number


@dataclass(frozen=True, eq=False, slots=True)
class Mul:
    left: Number
    right: Number


@dataclass(frozen=True, eq=False, slots=True)
class Min:
    left: Number
    right: Number


@dataclass(frozen=True, eq=False, slots=True)
class Max:
    left: Number
    right: Number


@dataclass(frozen=True, eq=False, slots=True)
class FloorDiv:
    left: Number
    right: Number


@dataclass(frozen=True, eq=False, slots=True)
class Positive:
    item: Number


@dataclass(frozen=True, eq=False, slots=True)
class Choose:
    condition: Bool
    yes: Number
    no: Number


@dataclass(frozen=True, eq=False, slots=True)
class Truth:
    value: bool


@dataclass(frozen=True, eq=False, slots=True)
class Ge:
    """``item >= bound``"""

    item: Number
    bound: int


@dataclass(frozen=True, eq=False, slots=True)
class Eq:
    item: Number
    value: int


@dataclass(frozen=True, eq=False, slots=True)
class InCodes:
    """``fact`` lies in one of the inclusive ranges ``yes``; open for the codes ``maybe``."""

    fact: Fact
    yes: tuple[tuple[int, int], ...]
    maybe: tuple[int, ...]


@dataclass(frozen=True, eq=False, slots=True)
class HasBits:
    """One bit, or every bit, of ``mask`` is set in ``fact``."""

    fact: Fact
    mask: int
    every: bool


@dataclass(frozen=True, eq=False, slots=True)
class And:
    items: tuple[Bool, ...]


@dataclass(frozen=True, eq=False, slots=True)
class Or:
    items: tuple[Bool, ...]


@dataclass(frozen=True, eq=False, slots=True)
class Not:
    item: Bool


@dataclass(frozen=True, eq=False, slots=True)
class AtLeast:
    count: int
    items: tuple[Bool, ...]


BinaryNumber = Add | Sub | Mul | Min | Max | FloorDiv
Number = Const | Fact | BinaryNumber | Positive | Choose
Atom = Ge | Eq | InCodes | HasBits
Bool = Truth | Atom | And | Or | Not | AtLeast
Node = Number | Bool
_N = TypeVar("_N")
ATOMS = (Ge, Eq, InCodes, HasBits)
BINARY = (Add, Sub, Mul, Min, Max, FloorDiv)
NUMBERS = (Const, Fact, *BINARY, Positive, Choose)


def children(node: Node) -> tuple[Node, ...]:
    """The nodes a node is computed from."""
    match node:
        case Add() | Sub() | Mul() | Min() | Max() | FloorDiv():
            return (node.left, node.right)
        case Positive() | Ge() | Eq() | Not():
            return (node.item,)
        case Choose():
            return (node.condition, node.yes, node.no)
        case InCodes() | HasBits():
            return (node.fact,)
        case And() | Or() | AtLeast():
            return node.items
        case _:
            return ()


def walk(*roots: Node) -> Iterator[Node]:
    """Every node below the roots once, parts before wholes."""
    seen: set[int] = set()
    stack: list[tuple[Node, bool]] = [(root, False) for root in reversed(roots)]
    while stack:
        node, expanded = stack.pop()
        if expanded:
            yield node
        elif id(node) not in seen:
            seen.add(id(node))
            stack.append((node, True))
            stack.extend((child, False) for child in reversed(children(node)))


def fact_keys(*roots: Node) -> list[str]:
    """Keys of the facts below the roots, in first-use order."""
    return list(dict.fromkeys(node.key for node in walk(*roots) if isinstance(node, Fact)))


class Builder:
    """Makes nodes in canonical form, each distinct node once, and knows their bounds.

    ``fact_bounds`` gives the smallest and largest stored value a fact can have.
    """

    def __init__(self, fact_bounds: Mapping[str, Bounds]) -> None:
        self._fact_bounds = fact_bounds
        self._known: dict[tuple[object, ...], object] = {}
        self._bounds: dict[int, Bounds] = {}

    # --- numbers -----------------------------------------------------------------------------

    def const(self, value: int) -> Number:
        return self._make(Const, value)

    def fact(self, key: str) -> Fact:
        return self._make(Fact, key)

    def add(self, left: Number, right: Number) -> Number:
        if isinstance(left, Const):
            left, right = right, left
        if isinstance(left, Const) and isinstance(right, Const):
            return self.const(left.value + right.value)
        if isinstance(right, Const):
            if right.value == 0:
                return left
            if isinstance(left, Add) and isinstance(left.right, Const):
                return self.add(left.left, self.const(left.right.value + right.value))
        return self._make(Add, left, right)

    def sub(self, left: Number, right: Number) -> Number:
        if isinstance(right, Const):
            return self.add(left, self.const(-right.value))
        if isinstance(left, Const):
            return self.add(self.mul(right, self.const(-1)), left)
        return self._make(Sub, left, right)

    def mul(self, left: Number, right: Number) -> Number:
        if isinstance(left, Const):
            left, right = right, left
        if isinstance(right, Const):
            if isinstance(left, Const):
                return self.const(left.value * right.value)
            if right.value == 1:
                return left
            if isinstance(left, Mul) and isinstance(left.right, Const):
                return self.mul(left.left, self.const(left.right.value * right.value))
        return self._make(Mul, left, right)

    def minimum(self, left: Number, right: Number) -> Number:
        return self._extreme(Min, min, left, right)

    def maximum(self, left: Number, right: Number) -> Number:
        return self._extreme(Max, max, left, right)

    def _extreme(
        self,
        kind: type[Min] | type[Max],
        pick: Callable[[int, int], int],
        left: Number,
        right: Number,
    ) -> Number:
        if left is right:
            return left
        if isinstance(left, Const) and isinstance(right, Const):
            return self.const(pick(left.value, right.value))
        return self._make(kind, left, right)

    def floordiv(self, left: Number, right: Number) -> Number:
        if isinstance(right, Const) and right.value > 0:
            if right.value == 1:
                return left
            if isinstance(left, Const):
                return self.const(left.value // right.value)
        return self._make(FloorDiv, left, right)

    def positive(self, item: Number) -> Number:
        return item if self.bounds(item)[0] > 0 else self._make(Positive, item)

    def choose(self, condition: Bool, yes: Number, no: Number) -> Number:
        if isinstance(condition, Truth):
            return yes if condition.value else no
        return self._make(Choose, condition, yes, no)

    # --- conditions --------------------------------------------------------------------------

    def truth(self, value: bool) -> Bool:
        return self._make(Truth, value)

    def ge(self, item: Number, bound: int) -> Bool:
        """``item >= bound`` with constants moved to the right, so that equal tests are one node."""
        while True:
            match item:
                case Const(value):
                    return self.truth(value >= bound)
                case Add(left, Const(value)):
                    item, bound = left, bound - value
                case Mul(left, Const(value)) if value > 0:
                    item, bound = left, -(-bound // value)
                case Mul(left, Const(value)) if value < 0:
                    return self.negate(self.ge(left, bound // value + 1))
                case _:
                    return self._make(Ge, item, bound)

    def eq(self, item: Number, value: int) -> Bool:
        while True:
            match item:
                case Const(constant):
                    return self.truth(constant == value)
                case Add(left, Const(constant)):
                    item, value = left, value - constant
                case _:
                    return self._make(Eq, item, value)

    def in_codes(
        self, fact: Fact, yes: tuple[tuple[int, int], ...], maybe: tuple[int, ...] = ()
    ) -> Bool:
        return self._make(InCodes, fact, yes, maybe)

    def has_bits(self, fact: Fact, mask: int, every: bool) -> Bool:
        single = mask & (mask - 1) == 0
        return self._make(HasBits, fact, mask, every and not single)

    def all_of(self, items: list[Bool]) -> Bool:
        return self._junction(And, items, absorbing=False)

    def any_of(self, items: list[Bool]) -> Bool:
        return self._junction(Or, items, absorbing=True)

    def _junction(self, kind: type[And] | type[Or], items: list[Bool], absorbing: bool) -> Bool:
        flat: dict[int, Bool] = {}
        for item in items:
            if isinstance(item, Truth):
                if item.value == absorbing:
                    return item
                continue
            for part in item.items if isinstance(item, kind) else (item,):
                flat.setdefault(id(part), part)
        if not flat:
            return self.truth(not absorbing)
        parts = tuple(flat.values())
        return parts[0] if len(parts) == 1 else self._make(kind, parts)

    def negate(self, item: Bool) -> Bool:
        if isinstance(item, Truth):
            return self.truth(not item.value)
        return item.item if isinstance(item, Not) else self._make(Not, item)

    def at_least(self, count: int, items: list[Bool]) -> Bool:
        if count == 1:
            return self.any_of(items)
        if count == len(items):
            return self.all_of(items)
        return self._make(AtLeast, count, tuple(items))

    # --- sharing and bounds ------------------------------------------------------------------

    def _make(self, kind: type[_N], *parts: object) -> _N:
        key = (kind, *(_identity(part) for part in parts))
        node = self._known.get(key)
        if node is None:
            node = self._known[key] = kind(*parts)
        return cast(_N, node)

    def bounds(self, node: Number) -> Bounds:
        """Smallest and largest value of a number, by interval arithmetic."""
        found = self._bounds.get(id(node))
        if found is None:
            found = self._bounds[id(node)] = self._compute_bounds(node)
        return found

    def _compute_bounds(self, node: Number) -> Bounds:
        match node:
            case Const(value):
                return value, value
            case Fact(key):
                return self._fact_bounds[key]
            case Positive(item):
                low, high = self.bounds(item)
                return max(low, 1), max(high, 1)
            case Choose(_, yes, no):
                (a, b), (c, d) = self.bounds(yes), self.bounds(no)
                return min(a, c), max(b, d)
            case _:
                return _combined(node, self.bounds(node.left), self.bounds(node.right))


def _combined(node: BinaryNumber, left: Bounds, right: Bounds) -> Bounds:
    (a, b), (c, d) = left, right
    match node:
        case Add():
            return a + c, b + d
        case Sub():
            return a - d, b - c
        case Min():
            return min(a, c), min(b, d)
        case Max():
            return max(a, c), max(b, d)
        case Mul():
            corners = (a * c, a * d, b * c, b * d)
        case FloorDiv():
            low, high = max(c, 1), max(d, 1)
            corners = (a // low, a // high, b // low, b // high)
    return min(corners), max(corners)


def _identity(part: object) -> object:
    if isinstance(part, tuple) and part and not isinstance(part[0], int | tuple):
        return tuple(id(item) for item in part)
    return part if isinstance(part, int | str | bool | tuple) else id(part)
