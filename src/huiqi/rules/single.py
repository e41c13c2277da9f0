"""One firm: a program as one generated Python function.

The function takes the facts in slot order (stored integers or None) and returns two lists, the
state of every rule (0 ineligible, 1 undetermined, 3 eligible) and its amount in fen (None
where there is none, or it is unknown, or the firm is not eligible). States are integers, so
``&`` and ``|`` are Kleene's and/or; shared nodes are computed once.

Of many rules, those that a single fact rules out are screened out first (see ``screen``), and only
the others are looked at one by one.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import combinations
from math import comb
from typing import Any

from huiqi.rules import ir
from huiqi.rules.program import Program, Rule
from huiqi.rules.screen import Screen

Slots = Sequence[int | None]
Answer = tuple[list[int], list[int | None]]

MANY = 16
"""Rules from which on screening pays."""

CHEAP = (ir.Const, ir.Fact, ir.Truth, ir.And, ir.Or, ir.Not, ir.AtLeast)
FEW = 6
"""Up to so many ways to choose n of a list they are written out, which is quicker than counting."""

SIMPLE = (ir.Ge, ir.Eq, ir.HasBits)

NESTED = 50
"""So many blocks lie inside one another at most: Python takes a hundred."""

WORD = 30
"""Rules whose bits are looked at together: what CPython holds in one digit of an integer."""


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


def compile_state(node: ir.Bool, facts: Sequence[str]) -> Callable[[Slots], int]:
    """A condition of the graph as a function of slots in the order of ``facts``."""
    source = _Generator(facts)
    return source.function("state", partial(source.node, node))


def compile_number(node: ir.Number, facts: Sequence[str]) -> Callable[[Slots], int | None]:
    """A number of the graph as a function of slots in the order of ``facts``."""
    source = _Generator(facts)
    return source.function("number", partial(source.node, node))


class _Generator:
    """Writes the source: one assignment a node, parts before wholes."""

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

    def answers(self, rules: Sequence[Rule]) -> str:
        if len(rules) >= MANY:
            return self._screened(rules)
        states = [self.node(rule.condition) for rule in rules]
        amounts = [self._amount(rule, state) for rule, state in zip(rules, states, strict=True)]
        return f"([{', '.join(states)}], [{', '.join(amounts)}])"

    # --- many rules ------------------------------------------------------------------------------

    def _screened(self, rules: Sequence[Rule]) -> str:
        screen = Screen.of([rule.condition for rule in rules])
        self.lines.append("failed = unsure = 0")
        self._tables(screen)
        self._members(screen)
        for node in _computed_often(screen.rests):
            self.node(node)
        self.lines.append(f"S, A = [0] * {len(rules)}, [None] * {len(rules)}")
        for index, (rule, rest) in enumerate(zip(rules, screen.rests, strict=True)):
            bit = 1 << index % WORD
            if bit == 1:
                mask = (1 << WORD) - 1
                self.lines.append(f"left, open = ~failed >> {index} & {mask}, unsure >> {index}")
            self._block(f"if left & {bit}:", partial(self._rule, rule, rest, index))
        return "(S, A)"

    def _tables(self, screen: Screen) -> None:
        for number, (key, table) in enumerate(screen.tables.items()):
            names = f"cuts{number}", f"rows{number}"
            self.namespace |= dict(zip(names, (table.cuts, table.rows), strict=True))
            fact, unknown = self.slots[key], (0, screen.unknown[key])
            cuts, rows = names
            self.lines += [
                f"a, b = {rows}[rank({cuts}, {fact})] if {fact} is not None else {unknown}",
                "failed |= a",
                "unsure |= b",
            ]

    def _members(self, screen: Screen) -> None:
        for key, conditions in screen.members.items():
            fact = self.slots[key]
            self.lines += [f"if {fact} is None:", f"  unsure |= {screen.unknown[key]}", "else:"]
            for atom, (holding, _), (failing, _) in conditions:
                self.lines.append(f"  failed |= {holding} if {_bits(atom, fact)} else {failing}")

    def _rule(self, rule: Rule, rest: Sequence[ir.Bool], index: int) -> None:
        self.lines.append(f"s = 1 if open & {1 << index % WORD} else 3")
        self._rest(rule, rest, index)

    def _rest(self, rule: Rule, rest: Sequence[ir.Bool], index: int) -> None:
        """Conditions one after the other, for as long as none fails."""
        if rest:
            flat = max(1, len(rest) - NESTED)
            for condition in rest[:flat]:
                self.lines.append(f"s &= {self.node(condition)}")
            self._block("if s:", partial(self._rest, rule, rest[flat:], index))
            return
        self.lines.append(f"S[{index}] = s")
        if rule.amount is not None:
            amount = rule.amount
            self._block(
                "if s == 3:", lambda: self.lines.append(f"A[{index}] = {self.node(amount)}")
            )

    def _block(self, head: str, body: Callable[[], None]) -> None:
        """Lines under a condition; what they compute is not known outside."""
        outer, names = self.lines, dict(self.names)
        self.lines = []
        body()
        inner, self.lines, self.names = self.lines, outer, names
        self.lines += [head, *(f"  {line}" for line in inner)]

    # --- any rules -------------------------------------------------------------------------------

    def criteria(self, rules: Sequence[Rule]) -> str:
        states = [self.node(criterion) for rule in rules for criterion in rule.criteria]
        return f"[{', '.join(states)}]"

    def _amount(self, rule: Rule, state: str) -> str:
        if rule.amount is None:
            return "None"
        if isinstance(rule.amount, ir.Const):
            return f"{rule.amount.value} if {state} == 3 else None"
        # Amounts are computed for the eligible only, in a block of their own.
        amount, target = rule.amount, f"a{len(self.lines)}"
        self.lines.append(f"{target} = None")
        self._block(
            f"if {state} == 3:", lambda: self.lines.append(f"{target} = {self.node(amount)}")
        )
        return target

    def node(self, root: ir.Node) -> str:
        for node in ir.walk(root):
            # A condition on a fact waits: often only its negation is needed.
            if not _is_stored(node):
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


def _computed_often(rests: Iterable[Sequence[ir.Bool]]) -> list[ir.Node]:
    """What more than one rule calculates, the outermost first; conditions on facts are cheap."""
    found: Counter[int] = Counter()
    nodes: dict[int, ir.Node] = {}
    for rest in rests:
        for node in ir.walk(*rest):
            if not isinstance(node, CHEAP) and not _is_stored(node):
                found[id(node)] += 1
                nodes[id(node)] = node
    return [nodes[key] for key, count in found.items() if count > 1]


def _is_stored(node: ir.Node) -> bool:
    """A condition on a fact as it is stored."""
    return isinstance(node, ir.ATOMS) and isinstance(ir.children(node)[0], ir.Fact)


def _atom(node: ir.Ge | ir.Eq | ir.HasBits, value: str, *, yes: int = 3, no: int = 0) -> str:
    match node:
        case ir.Ge(_, bound):
            test = f"{value} >= {bound}"
        case ir.Eq(_, wanted):
            test = f"{value} == {wanted}"
        case ir.HasBits():
            test = _bits(node, value)
    return f"1 if {value} is None else {yes} if {test} else {no}"


def _bits(node: ir.HasBits, value: str) -> str:
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
