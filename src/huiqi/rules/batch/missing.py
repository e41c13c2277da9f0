"""Which unknown facts can still change an answer, for all firms of a chunk.

The same walk as ``rules.missing``, from wholes to parts, only that a plane goes down with it: the
firms for which the part is still open and matters. What arrives at a fact is what is missing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np

from huiqi.rules import ir
from huiqi.rules.batch.columns import Columns
from huiqi.rules.batch.machine import Rows
from huiqi.rules.batch.numbers import Numbers, NumbersOf
from huiqi.rules.batch.planes import Plane, pack_plane

K = TypeVar("K")
StatePlanes = Callable[[ir.Bool], tuple[Plane, Plane]]
"""Certain and possible of a condition."""


@dataclass(eq=False)
class Search:
    """Looks for what is missing to the conditions and numbers of a program."""

    columns: Columns
    numbers: Numbers
    state: StatePlanes
    _not_positive: dict[int, Plane] = field(default_factory=dict)

    def missing(self, roots: Iterable[tuple[ir.Node, Plane]]) -> Mapping[str, Plane]:
        """By fact the firms that miss it; each root counts for the firms of its plane only."""
        roots = list(roots)
        walk = _Walk(self)
        for root, firms in roots:
            walk.enter(root, firms)
        # Wholes before parts: a node used twice is left once, with the firms of both uses.
        for node in reversed(list(ir.walk(*(root for root, _ in roots)))):
            walk.leave(node)
        return walk.missing

    def not_positive(self, divisor: ir.Number) -> Plane:
        """Firms for which a divisor is known and not over 0."""
        found = self._not_positive.get(id(divisor))
        if found is None:
            found = self._not_positive[id(divisor)] = self._find_not_positive(divisor)
        return found

    def _find_not_positive(self, divisor: ir.Number) -> Plane:
        choices = {id(node): self.state(node) for node in self.numbers.plan.choices(divisor)}
        numbers = NumbersOf(self.numbers, Rows(self.columns, 0, self.columns.rows, choices))
        values, known = numbers.number(divisor)[0], numbers.known(divisor)
        found = np.asarray(values <= 0, np.bool_)
        return pack_plane(found if known is None else found & known)


@dataclass(eq=False)
class _Walk:
    search: Search
    missing: dict[str, Plane] = field(default_factory=dict)
    _open: dict[int, Plane] = field(default_factory=dict)
    """By node not left yet: the firms for which it matters."""

    def enter(self, node: ir.Node, firms: Plane) -> None:
        if isinstance(node, ir.Bool):
            certain, possible = self.search.state(node)
            firms = firms & (certain ^ possible)
        if firms.any():
            _add(self._open, id(node), firms)

    def leave(self, node: ir.Node) -> None:
        firms = self._open.pop(id(node), None)
        if firms is None:
            return
        match node:
            case ir.Fact(key):
                self._miss(key, firms & self.search.columns.unknown(key))
            case ir.InCodes(fact) | ir.HasBits(fact):
                # Unknown, or known but too coarse.
                self._miss(fact.key, firms)
            case ir.Choose(condition, yes, no):
                certain, possible = self.search.state(condition)
                self.enter(condition, firms)
                self.enter(yes, firms & possible)
                self.enter(no, firms & ~certain)
            case _:
                for child in ir.children(node):
                    self.enter(child, firms)
                self._divisor(node, firms)

    def _divisor(self, node: ir.Node, firms: Plane) -> None:
        """A divisor known to be 0 leaves the whole unknown: a better value would settle it."""
        match node:
            case ir.Positive(divisor) | ir.FloorDiv(_, divisor):
                if not isinstance(divisor, ir.Const):
                    undefined = firms & self.search.not_positive(divisor)
                    for key in ir.fact_keys(divisor):
                        self._miss(key, undefined)

    def _miss(self, key: str, firms: Plane) -> None:
        if firms.any():
            _add(self.missing, key, firms)


def _add(planes: dict[K, Plane], key: K, firms: Plane) -> None:
    found = planes.get(key)
    planes[key] = firms if found is None else found | firms
