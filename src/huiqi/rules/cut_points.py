"""Cut points: the values of one fact around which the tests of a rule change, for 差一步.

For each test that depends on the fact, the value just on either side of it, the other facts being
what they are. A number is followed in a straight line and, from every bend of it (取大, 取小, a
bracket), in a new one. What is straight all the way needs to be followed once, and what only
jumps not at all: it jumps where a test of its own changes. A test of the fact as it is stored has
the same cut points for every firm.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from huiqi.rules import ir
from huiqi.rules.generated import Slots
from huiqi.rules.single import compile_number

_MOST_STARTS = 50
_REACHED = (-1, 0)
_AROUND = (-1, 0, 1)


@dataclass(frozen=True, eq=False)
class _Test:
    """A comparison of the rule: its number as a function of the facts, and the bound."""

    number: Callable[[Slots], int | None]
    bound: int
    stored: str | None
    """The fact that it compares as it is stored."""

    straight: frozenset[str]
    """Facts in which the number is one straight line."""

    bent: frozenset[str]
    """Facts in which it is several."""

    reached: bool
    """It holds from its bound on, so that a rising number changes it in one place only."""

    def points(self) -> list[int]:
        """Values of the stored fact around which the test changes."""
        return [self.bound + shift for shift in (_REACHED if self.reached else _AROUND)]

    def around(self, crossing: int, slope: int) -> list[int]:
        """Values next to where the number crosses the bound."""
        shifts = _REACHED if self.reached and slope > 0 else _AROUND
        return [crossing + shift for shift in shifts]


@dataclass(frozen=True, eq=False)
class CutPoints:
    """The cut points of a condition on one fact, which is at ``position`` of the slots."""

    position: int
    fixed: tuple[int, ...]
    """The same for every firm."""

    straight: tuple[_Test, ...]
    bent: tuple[_Test, ...]
    fixed_bends: tuple[int, ...]
    bends: tuple[_Test, ...]
    """Where a number that a bent test compares may change direction."""

    @classmethod
    def of(
        cls, condition: ir.Bool, key: str, facts: Sequence[str], builder: ir.Builder
    ) -> CutPoints:
        tests = list(_tests(condition, facts))
        bent = tuple(test for test in tests if key in test.bent)
        bends = list(_bends(condition, facts, builder)) if bent else []
        return cls(
            facts.index(key),
            _fixed(tests, key),
            tuple(test for test in tests if key in test.straight and test.stored is None),
            bent,
            _fixed(bends, key),
            tuple(b for b in bends if key in b.straight | b.bent and b.stored is None),
        )

    def around(self, slots: Slots) -> set[int]:
        """The values to try for a firm whose facts are ``slots``; this one is known."""
        tried = list(slots)
        before = tried[self.position]
        assert before is not None
        found = set(self.fixed)
        for test in self.straight:
            # Any start will do on a straight line; from 1 on the fact can be a denominator.
            found.update(self._crossings(test, max(before, 1), tried))
        if self.bent:
            for start in self._starts(before, tried):
                for test in self.bent:
                    found.update(self._crossings(test, start, tried))
        return found

    def _starts(self, before: int, tried: list[int | None]) -> list[int]:
        """Where straight lines begin: the value itself, and bends, and bends seen from those."""
        starts = list(dict.fromkeys((before, *self.fixed_bends)))
        for start in starts:
            for bend in self.bends:
                found = self._crossings(bend, start, tried)
                starts += [value for value in found if value not in starts]
            if len(starts) > _MOST_STARTS:
                break
        return starts

    def _crossings(self, test: _Test, start: int, tried: list[int | None]) -> Iterable[int]:
        """Values around which the test changes, its number being linear near ``start``."""
        tried[self.position] = start
        here = test.number(tried)
        tried[self.position] = start + 1
        there = test.number(tried)
        if here is None or there is None or here == there:
            return ()
        slope = there - here
        return test.around(start - (here - test.bound) // slope, slope)


def _tests(condition: ir.Bool, facts: Sequence[str]) -> Iterator[_Test]:
    for node in ir.walk(condition):
        if isinstance(node, ir.Ge):
            yield _test(node.item, node.bound, facts, reached=True)
        elif isinstance(node, ir.Eq):
            yield _test(node.item, node.value, facts)


def _bends(condition: ir.Bool, facts: Sequence[str], builder: ir.Builder) -> Iterator[_Test]:
    for node in ir.walk(condition):
        if isinstance(node, ir.Min | ir.Max):
            yield _test(builder.sub(node.left, node.right), 0, facts)
        elif isinstance(node, ir.Choose):
            yield from _tests(node.condition, facts)


def _test(number: ir.Number, bound: int, facts: Sequence[str], *, reached: bool = False) -> _Test:
    stored = number.key if isinstance(number, ir.Fact) else None
    bent = _bent_in(number)
    straight = frozenset(_facts_of_value(number)) - bent
    return _Test(compile_number(number, facts), bound, stored, straight, bent, reached)


def _fixed(tests: Iterable[_Test], key: str) -> tuple[int, ...]:
    return tuple(sorted({point for t in tests if t.stored == key for point in t.points()}))


def _bent_in(number: ir.Number) -> frozenset[str]:
    """Facts that reach the number through anything but sums and products with other facts."""
    found: set[str] = set()
    for node in _parts(number):
        match node:
            case ir.Mul(left, right):
                found |= _facts_of_value(left) & _facts_of_value(right)
            case ir.Const() | ir.Fact() | ir.Add() | ir.Sub() | ir.Positive(ir.Fact()):
                pass
            case _:
                found |= _facts_of_value(node)
    return frozenset(found)


def _facts_of_value(number: ir.Number) -> set[str]:
    """Facts that the number is calculated from; those that only choose a branch make it jump."""
    return {node.key for node in _parts(number) if isinstance(node, ir.Fact)}


def _parts(number: ir.Number) -> list[ir.Number]:
    """The number and all numbers it is calculated from, without conditions."""
    found = {id(number): number}
    waiting = [number]
    while waiting:
        for child in ir.children(waiting.pop()):
            if isinstance(child, ir.NUMBERS) and id(child) not in found:
                found[id(child)] = child
                waiting.append(child)
    return list(found.values())
