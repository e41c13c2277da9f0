"""What a statement computes once, in a step before the criteria, because it is needed often.

A graph shares its nodes; text does not. A part that is long and stands in more than one place
becomes a column of a step, so that the text grows with the graph and not with its unfolding.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from huiqi.rules import ir

LONGEST_REPEATED = 25
"""Nodes in a part that is rather written out again than given a column."""


def repeated_parts(roots: Iterable[ir.Node]) -> list[list[ir.Node]]:
    """The nodes worth a column, by step: those of a step are computed from earlier steps."""
    nodes = list(ir.walk(*roots))
    uses = _uses(nodes)
    sizes: dict[int, int] = {}
    depths: dict[int, int] = {}
    steps: list[list[ir.Node]] = []
    for node in nodes:
        parts = ir.children(node)
        size = 1 + sum(sizes[id(part)] for part in parts)
        depth = max((depths[id(part)] for part in parts), default=0)
        if uses[id(node)] > 1 and size > LONGEST_REPEATED:
            if depth == len(steps):
                steps.append([])
            steps[depth].append(node)
            size, depth = 1, depth + 1
        sizes[id(node)], depths[id(node)] = size, depth
    return steps


def _uses(nodes: Iterable[ir.Node]) -> Counter[int]:
    """In how many places of the text a node stands, seen from the nodes that use it."""
    uses: Counter[int] = Counter()
    for node in nodes:
        for part in ir.children(node):
            uses[id(part)] += 1
        for part in _written_twice(node):
            uses[id(part)] += 1
    return uses


def _written_twice(node: ir.Node) -> tuple[ir.Node, ...]:
    """Parts that the SQL form of a node names a second time, to see whether they are known."""
    match node:
        case ir.AtLeast(_, items):
            return items
        case ir.Choose(condition):
            return (condition,)
        case ir.FloorDiv(left, right):
            return (left, right)
        case ir.Positive(item):
            return (item,)
        case ir.Add() | ir.Sub() | ir.Mul() | ir.Min() | ir.Max():
            return tuple(p for p in (node.left, node.right) if isinstance(p, ir.Choose))
        case _:
            return ()
