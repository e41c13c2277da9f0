"""Finds conditions that no firm can meet, and conditions that every firm meets.

A branch-and-bound over the literals of the integer graph: enough for what people write by
mistake (20 people or more and fewer than 10), silent where it cannot tell.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from huiqi.rules import ir

_MOST_BRANCHES = 2_000
_MOST_ALTERNATIVES = 100


def is_impossible(condition: ir.Bool, builder: ir.Builder) -> bool:
    """No firm can meet the condition (when known facts alone decide it)."""
    return not _Search(builder).consistent([condition], _Constraints())


def is_certain(condition: ir.Bool, builder: ir.Builder) -> bool:
    """Every firm whose facts are known meets the condition."""
    return is_impossible(builder.negate(condition), builder)


@dataclass
class _Constraints:
    """What the literals taken so far leave open, by number node."""

    ranges: dict[int, ir.Bounds] = field(default_factory=dict)
    codes: dict[str, frozenset[int]] = field(default_factory=dict)
    bits: dict[str, tuple[int, int]] = field(default_factory=dict)

    def copy(self) -> _Constraints:
        return _Constraints(dict(self.ranges), dict(self.codes), dict(self.bits))


class _Search:
    def __init__(self, builder: ir.Builder) -> None:
        self.builder = builder
        self.branches = 0

    def consistent(self, todo: list[ir.Bool], known: _Constraints) -> bool:
        """Whether the conditions can hold together, given what is known."""
        alternatives: list[tuple[ir.Bool, ...]] = []
        todo = list(todo)
        while todo:
            item = todo.pop()
            if isinstance(item, ir.And):
                todo.extend(item.items)
            elif (options := self._options(item)) is not None:
                alternatives.append(options)
            elif not self._take(item, known):
                return False
        if not alternatives or len(alternatives) > _MOST_ALTERNATIVES:
            return True  # of too many nothing is said
        first, *rest = sorted(alternatives, key=len)
        remaining: list[ir.Bool] = [self.builder.any_of(list(options)) for options in rest]
        return any(self._branch(option, remaining, known) for option in first)

    def _branch(self, option: ir.Bool, rest: list[ir.Bool], known: _Constraints) -> bool:
        self.branches += 1
        if self.branches > _MOST_BRANCHES:
            return True  # cannot tell: say nothing
        return self.consistent([option, *rest], known.copy())

    def _options(self, item: ir.Bool) -> tuple[ir.Bool, ...] | None:
        """The alternatives of a disjunction, or None for a literal."""
        negate = self.builder.negate
        match item:
            case ir.Or():
                return item.items
            case ir.Not(ir.And() as inner):
                return tuple(negate(part) for part in inner.items)
            case ir.Not(ir.Or() as inner):
                return (self.builder.all_of([negate(part) for part in inner.items]),)
            case _:
                return None

    def _take(self, item: ir.Bool, known: _Constraints) -> bool:
        """Add a literal; False when it contradicts what is known."""
        wanted = not isinstance(item, ir.Not)
        atom = item.item if isinstance(item, ir.Not) else item
        match atom:
            case ir.Truth(value):
                return value == wanted
            case ir.Ge(number, bound):
                low, high = self._range(number, known)
                low, high = (max(low, bound), high) if wanted else (low, min(high, bound - 1))
            case ir.Eq(number, value):
                low, high = self._range(number, known)
                if wanted:
                    low, high = max(low, value), min(high, value)
                else:
                    low, high = low + (low == value), high - (high == value)
            case ir.InCodes():
                return self._take_codes(atom, wanted, known)
            case ir.HasBits():
                return self._take_bits(atom, wanted, known)
            case _:
                return True
        known.ranges[id(number)] = (low, high)
        return low <= high

    def _range(self, number: ir.Number, known: _Constraints) -> ir.Bounds:
        return known.ranges.get(id(number), self.builder.bounds(number))

    def _take_codes(self, atom: ir.InCodes, wanted: bool, known: _Constraints) -> bool:
        key = atom.fact.key
        low, high = self.builder.bounds(atom.fact)
        left = known.codes.get(key, frozenset(range(low, high + 1)))
        listed = {code for first, last in atom.yes for code in range(first, last + 1)}
        left = left & listed if wanted else left - listed
        known.codes[key] = left
        return bool(left)

    def _take_bits(self, atom: ir.HasBits, wanted: bool, known: _Constraints) -> bool:
        single = atom.mask & (atom.mask - 1) == 0
        if not single and wanted != atom.every:
            return True  # one of several: nothing certain about any of them
        on, off = known.bits.get(atom.fact.key, (0, 0))
        on, off = (on | atom.mask, off) if wanted else (on, off | atom.mask)
        known.bits[atom.fact.key] = (on, off)
        return on & off == 0
