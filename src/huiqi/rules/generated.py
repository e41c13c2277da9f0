"""The source of a generated function: one assignment a node of the graph, parts before wholes.

States are integers, so ``&`` and ``|`` are Kleene's and/or; shared nodes are computed once.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from itertools import combinations
from math import comb
from typing import Any

from huiqi.rules import ir

Slots = Sequence[int | None]
"""A firm's facts, stored integers or None, in the order of a program."""

FEW = 6
"""Up to so many ways to choose n of a list they are written out, which is quicker than counting."""

SIMPLE = (ir.Ge, ir.Eq, ir.HasBits)


class Source:
    """Writes the lines of a function of slots."""

    def __init__(self, facts: Sequence[str]) -> None:
        self.lines: list[str] = []
        self.names: dict[int, str] = {}
        self.slots = {key: f"f{index}" for index, key in enumerate(facts)}
        self.namespace: dict[str, Any] = {"NEGATED": ir.NEGATED, "rank": bisect_right}

    def function(self, name: str, body: Callable[[], str]) -> Callable[[Slots], Any]:
        self.lines, self.names = [], {}
        result = body()
        unpack = [f"({', '.join(self.slots.values())},) = F"] if self.slots else []
        text = "\n ".join([f"def {name}(F):", *unpack, *self.lines, f"return {result}"])
        namespace = dict(self.namespace)
        # The text is made above from integers and our own names only; nothing of a file is in it.
        exec(compile(text, f"<huiqi {name}>", "exec"), namespace)
        function: Callable[[Slots], Any] = namespace[name]
        return function

    def block(self, head: str, body: Callable[[], None]) -> None:
        """Lines under a condition; what they compute is not known outside."""
        outer, names = self.lines, dict(self.names)
        self.lines = []
        body()
        inner, self.lines, self.names = self.lines, outer, names
        self.lines += [head, *(f"  {line}" for line in inner)]

    def node(self, root: ir.Node) -> str:
        for node in ir.walk(root):
            # A condition on a fact waits: often only its negation is needed.
            if not is_stored(node):
                self._name(node)
        return self._name(root)

    def _name(self, node: ir.Node) -> str:
        if id(node) not in self.names:
            self.names[id(node)] = self._assigned(node)
        return self.names[id(node)]

    def _assigned(self, node: ir.Node) -> str:
        match node:
            case ir.Const(value):
                return repr(value)
            case ir.Truth(value):
                return "3" if value else "0"
            case ir.Fact(key):
                return self.slots[key]
            case _:
                return self._assign(node, self._expression(node))

    def _assign(self, node: ir.Node, expression: str) -> str:
        name = f"n{len(self.lines)}_{len(self.names)}"
        self.names[id(node)] = name
        self.lines.append(f"{name} = {expression}")
        return name

    def _expression(self, node: ir.Node) -> str:
        negated = node.item if isinstance(node, ir.Not) else None
        if isinstance(negated, SIMPLE) and id(negated) not in self.names:
            (part,) = ir.children(negated)
            return _atom(negated, self._name(part), yes=0, no=3)
        name = {id(child): self._name(child) for child in ir.children(node)}
        match node:
            case ir.Ge() | ir.Eq() | ir.HasBits():
                return _atom(node, *name.values())
            case ir.InCodes(fact):
                return _in_codes(node, name[id(fact)])
            case ir.And(items):
                return " & ".join(name[id(item)] for item in items)
            case ir.Or(items):
                return " | ".join(name[id(item)] for item in items)
            case ir.Not(item):
                return f"NEGATED[{name[id(item)]}]"
            case ir.AtLeast(count, items):
                return _at_least(count, [name[id(item)] for item in items])
            case _:
                return _number(node, name)


def is_stored(node: ir.Node) -> bool:
    """A condition on a fact as it is stored."""
    return isinstance(node, ir.ATOMS) and isinstance(ir.children(node)[0], ir.Fact)


def _atom(node: ir.Ge | ir.Eq | ir.HasBits, value: str, *, yes: int = 3, no: int = 0) -> str:
    match node:
        case ir.Ge(_, bound):
            test = f"{value} >= {bound}"
        case ir.Eq(_, wanted):
            test = f"{value} == {wanted}"
        case ir.HasBits():
            test = bits_test(node, value)
    return f"1 if {value} is None else {yes} if {test} else {no}"


def bits_test(node: ir.HasBits, value: str) -> str:
    return f"{value} & {node.mask}" + (f" == {node.mask}" if node.every else "")


def _in_codes(node: ir.InCodes, value: str) -> str:
    tests = [f"{value} == {a}" if a == b else f"{a} <= {value} <= {b}" for a, b in node.yes]
    inside = " or ".join(tests) or "False"
    if len(node.yes) > 4:
        codes = frozenset(code for a, b in node.yes for code in range(a, b + 1))
        inside = f"{value} in {{{', '.join(map(str, sorted(codes)))}}}"
    outside = "0"
    if node.maybe:
        outside = f"1 if {value} in {{{', '.join(map(str, node.maybe))}}} else 0"
    return f"1 if {value} is None else 3 if {inside} else {outside}"


def _at_least(count: int, items: list[str]) -> str:
    if 0 < count <= len(items) and comb(len(items), count) <= FEW:
        return " | ".join(" & ".join(some) for some in combinations(items, count))
    certain = " + ".join(f"({item} == 3)" for item in items)
    possible = " + ".join(f"({item} > 0)" for item in items)
    return f"3 if {certain} >= {count} else 1 if {possible} >= {count} else 0"


def _number(node: ir.Node, name: Mapping[int, str]) -> str:
    if isinstance(node, ir.Choose):
        condition, yes, no = (name[id(part)] for part in ir.children(node))
        return f"None if {condition} == 1 else {yes} if {condition} == 3 else {no}"
    if isinstance(node, ir.Positive):
        item = name[id(node.item)]
        known = f"{item} is not None and " if item.isidentifier() else ""
        return f"{item} if {known}{item} > 0 else None"
    assert isinstance(node, ir.BINARY)
    left, right = name[id(node.left)], name[id(node.right)]
    known = " or ".join(f"{part} is None" for part in (left, right) if part.isidentifier())
    form = {
        ir.Add: f"{left} + {right}",
        ir.Sub: f"{left} - {right}",
        ir.Mul: f"{left} * {right}",
        ir.Min: f"({left} if {left} <= {right} else {right})",
        ir.Max: f"({left} if {left} >= {right} else {right})",
        ir.FloorDiv: f"{left} // {right}",
    }[type(node)]
    if isinstance(node, ir.FloorDiv) and not isinstance(node.right, ir.Const):
        known += f" or {right} <= 0"
    return f"None if {known} else {form}" if known else form
