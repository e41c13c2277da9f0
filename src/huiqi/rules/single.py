"""One firm: a program as one generated Python function.

The function takes the facts in slot order (stored integers or None) and returns two lists, the
state of every rule (0 ineligible, 1 undetermined, 3 eligible) and its amount in fen (None
where there is none, or it is unknown, or the firm is not eligible). States are integers, so
``&`` and ``|`` are Kleene's and/or; shared nodes are computed once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from huiqi.rules import ir
from huiqi.rules.program import Program, Rule

Slots = Sequence[int | None]
Answer = tuple[list[int], list[int | None]]


@dataclass(frozen=True, eq=False)
class SingleFirm:
    """A program compiled for one firm at a time."""

    program: Program
    evaluate: Callable[[Slots], Answer] = field(init=False)
    criteria: Callable[[Slots], list[int]] = field(init=False)
    """States of every rule's criteria, rule by rule, flat."""

    def __post_init__(self) -> None:
        source, rules = _Generator(self.program.facts), self.program.rules
        evaluate = source.function("evaluate", partial(source.answers, rules))
        criteria = source.function("criteria", partial(source.criteria, rules))
        object.__setattr__(self, "evaluate", evaluate)
        object.__setattr__(self, "criteria", criteria)

    def slots(self, facts: Mapping[str, int | None]) -> Slots:
        """A firm's facts in the order the functions take them."""
        return [facts.get(key) for key in self.program.facts]


def compile_number(node: ir.Number) -> Callable[[Mapping[str, int | None]], int | None]:
    """A number of the graph as a function of the facts by key."""
    keys = ir.fact_keys(node)
    source = _Generator(keys)
    function = source.function("number", partial(source.node, node))
    return lambda facts: function([facts.get(key) for key in keys])


class _Generator:
    """Writes the source: one assignment a node, parts before wholes."""

    def __init__(self, facts: Sequence[str]) -> None:
        self.lines: list[str] = []
        self.names: dict[int, str] = {}
        self.slots = {key: f"f{index}" for index, key in enumerate(facts)}

    def function(self, name: str, body: Callable[[], str]) -> Callable[[Slots], Any]:
        self.lines, self.names = [], {}
        result = body()
        unpack = [f"({', '.join(self.slots.values())},) = F"] if self.slots else []
        text = "\n ".join([f"def {name}(F):", *unpack, *self.lines, f"return {result}"])
        namespace: dict[str, Any] = {"NEGATED": ir.NEGATED}
        # The text is made above from integers and our own names only; nothing of a file is in it.
        exec(compile(text, f"<huiqi {name}>", "exec"), namespace)
        function: Callable[[Slots], Any] = namespace[name]
        return function

    def answers(self, rules: Sequence[Rule]) -> str:
        states = [self.node(rule.condition) for rule in rules]
        amounts = [self._amount(rule, state) for rule, state in zip(rules, states, strict=True)]
        return f"([{', '.join(states)}], [{', '.join(amounts)}])"

    def criteria(self, rules: Sequence[Rule]) -> str:
        states = [self.node(criterion) for rule in rules for criterion in rule.criteria]
        return f"[{', '.join(states)}]"

    def _amount(self, rule: Rule, state: str) -> str:
        if rule.amount is None:
            return "None"
        if isinstance(rule.amount, ir.Const):
            return f"{rule.amount.value} if {state} == 3 else None"
        # Amounts are computed for the eligible only, in a block of their own.
        outer_lines, outer_names = self.lines, dict(self.names)
        self.lines = []
        value = self.node(rule.amount)
        block, self.lines, self.names = self.lines, outer_lines, outer_names
        target = f"a{len(self.lines)}"
        self.lines.append(f"{target} = None")
        self.lines.append(f"if {state} == 3:")
        self.lines.extend(f"  {line}" for line in [*block, f"{target} = {value}"])
        return target

    def node(self, root: ir.Node) -> str:
        for node in ir.walk(root):
            if id(node) not in self.names:
                self.names[id(node)] = self._assigned(node)
        return self.names[id(root)]

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
        name = {id(child): self.names[id(child)] for child in ir.children(node)}
        match node:
            case ir.Ge(item, bound):
                return _atom(name[id(item)], f"{name[id(item)]} >= {bound}")
            case ir.Eq(item, value):
                return _atom(name[id(item)], f"{name[id(item)]} == {value}")
            case ir.InCodes(fact):
                return _in_codes(node, name[id(fact)])
            case ir.HasBits(fact, mask, every):
                test = f"{name[id(fact)]} & {mask}" + (f" == {mask}" if every else "")
                return _atom(name[id(fact)], test)
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


def _atom(value: str, test: str) -> str:
    return f"1 if {value} is None else 3 if {test} else 0"


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
