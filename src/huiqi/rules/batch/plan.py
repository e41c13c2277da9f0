"""What a program asks of the columns: cut points and bits of each fact, numbers, their order.

A condition on a fact alone (a threshold, a list of codes, a set's members) sees only between
which of the program's cut points the value lies. So a column is stored as the number of cut
points at or below each value, one bit plane per binary digit (see ``columns``), and the values
themselves are needed only for arithmetic.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeGuard

from huiqi.rules import ir
from huiqi.rules.program import Program

LOWEST, HIGHEST = -(2**63), 2**63 - 1
"""What a column can hold."""

Span = tuple[int, int]
"""Values from the first to before the second."""

Content = tuple[Hashable, ...]


@dataclass(frozen=True)
class FactUse:
    """How the rules use one fact."""

    key: str
    cuts: tuple[int, ...] = ()
    """Values at which some condition changes, ascending."""

    bits: tuple[int, ...] = ()
    """Members of a set that some condition looks at."""

    arithmetic: bool = False
    """Whether the value itself enters a number."""

    @property
    def digits(self) -> int:
        """Bit planes that hold the rank of a value among the cuts."""
        return len(self.cuts).bit_length()

    def serves(self, other: FactUse) -> bool:
        """Whether columns made for this use serve the other one too."""
        return set(self.cuts) >= set(other.cuts) and set(self.bits) >= set(other.bits)


@dataclass(frozen=True, eq=False)
class Plan:
    """A program prepared for columns."""

    program: Program
    roots: tuple[ir.Node, ...]
    uses: dict[str, FactUse]
    levels: dict[int, int] = field(default_factory=dict)
    """By node: how many rounds of comparing computed numbers must be over before it can be."""

    strict: dict[int, frozenset[str]] = field(default_factory=dict)
    """By number: facts without which it is unknown whatever the conditions inside it say."""

    _choices: dict[int, tuple[ir.Bool, ...]] = field(default_factory=dict)
    _below: dict[int, tuple[ir.Number, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, program: Program, encoded: Mapping[str, FactUse] | None = None) -> Plan:
        """``encoded``: uses to keep to where they serve."""
        roots = tuple(_roots(program))
        nodes = list(ir.walk(*roots))
        uses = _uses(program.facts, nodes, roots)
        for key, use in (encoded or {}).items():
            if key in uses and use.serves(uses[key]):
                uses[key] = use
        plan = cls(program, roots, uses)
        for node in nodes:
            plan._place(node)
        return plan

    def _place(self, node: ir.Node) -> None:
        below = [self.levels[id(child)] for child in ir.children(node)]
        self.levels[id(node)] = max(below, default=0) + is_number_atom(node)
        if isinstance(node, ir.Fact):
            self.strict[id(node)] = frozenset((node.key,))
        elif isinstance(node, ir.Choose):
            self.strict[id(node)] = frozenset()
        elif not isinstance(node, ir.Bool):
            found = [self.strict[id(child)] for child in ir.children(node)]
            self.strict[id(node)] = frozenset().union(*found)

    @cached_property
    def calculated(self) -> dict[int, ir.Number]:
        """The amounts that differ from firm to firm, by number of the rule."""
        return {
            index: rule.amount
            for index, rule in enumerate(self.program.rules)
            if rule.amount is not None and not isinstance(rule.amount, ir.Const)
        }

    def choices(self, root: ir.Number) -> tuple[ir.Bool, ...]:
        """The conditions on which the choices in a number depend."""
        found = self._choices.get(id(root))
        if found is None:
            parts = self.numbers_below(root)
            chosen = {id(p.condition): p.condition for p in parts if isinstance(p, ir.Choose)}
            found = self._choices[id(root)] = tuple(chosen.values())
        return found

    def numbers_below(self, root: ir.Number) -> tuple[ir.Number, ...]:
        """The numbers computed for ``root``, conditions inside left out."""
        found = self._below.get(id(root))
        if found is None:
            found = self._below[id(root)] = tuple(_numbers(root))
        return found


def is_number_atom(node: ir.Node) -> TypeGuard[ir.Ge | ir.Eq]:
    """A comparison of something computed, not of a fact as it is stored."""
    return isinstance(node, ir.Ge | ir.Eq) and not isinstance(node.item, ir.Fact)


def is_fact_atom(node: ir.Node) -> TypeGuard[ir.Atom]:
    """A condition on one fact as it is stored."""
    return isinstance(node, ir.ATOMS) and not is_number_atom(node)


def content(atom: ir.Atom) -> Content:
    """What a condition on one fact says: alike for atoms of different graphs that say the same."""
    said: tuple[Hashable, ...]
    match atom:
        case ir.InCodes(_, yes, maybe):
            said = yes, maybe
        case ir.HasBits(_, mask, every):
            said = mask, every
        case ir.Ge(_, bound):
            said = (bound,)
        case ir.Eq(_, value):
            said = (value,)
    return type(atom), fact_of(atom), *said


def fact_of(atom: ir.Atom) -> str:
    """The key of the fact of a condition on one fact."""
    fact = atom.item if isinstance(atom, ir.Ge | ir.Eq) else atom.fact
    assert isinstance(fact, ir.Fact)
    return fact.key


def yes_spans(atom: ir.Ge | ir.Eq | ir.InCodes) -> list[Span]:
    """Where a condition on one fact holds: spans in order, apart from each other."""
    match atom:
        case ir.Ge(_, bound):
            return [(bound, HIGHEST + 1)]
        case ir.Eq(_, value):
            return [(value, value + 1)]
        case ir.InCodes(_, yes):
            return _apart((low, high + 1) for low, high in yes)


def open_spans(atom: ir.Ge | ir.Eq | ir.InCodes) -> list[Span]:
    """Where a known value leaves it open."""
    if not isinstance(atom, ir.InCodes):
        return []
    inside = {code for code in atom.maybe for low, high in atom.yes if low <= code <= high}
    return _apart((code, code + 1) for code in atom.maybe if code not in inside)


def _apart(spans: Iterable[Span]) -> list[Span]:
    found: list[Span] = []
    for low, end in sorted(span for span in spans if span[0] < span[1]):
        if found and low <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((low, end))
    return found


def _roots(program: Program) -> Iterable[ir.Node]:
    for rule in program.rules:
        yield from rule.criteria
        yield rule.condition
        if rule.amount is not None:
            yield rule.amount


def _numbers(root: ir.Number) -> Iterable[ir.Number]:
    seen: dict[int, ir.Number] = {}
    stack: list[ir.Node] = [root]
    while stack:
        node = stack.pop()
        if not isinstance(node, ir.Bool) and id(node) not in seen:
            seen[id(node)] = node
            stack.extend(ir.children(node))
    return seen.values()


def _uses(
    facts: Iterable[str], nodes: Iterable[ir.Node], roots: Iterable[ir.Node]
) -> dict[str, FactUse]:
    cuts: dict[str, set[int]] = {key: set() for key in facts}
    bits: dict[str, set[int]] = {key: set() for key in facts}
    arithmetic = {root.key for root in roots if isinstance(root, ir.Fact)}
    for node in nodes:
        match node:
            case ir.HasBits(ir.Fact(key), mask):
                bits[key].update(set_bits(mask))
            case ir.Ge(ir.Fact(key)) | ir.Eq(ir.Fact(key)) | ir.InCodes(ir.Fact(key)):
                spans = yes_spans(node) + open_spans(node)
                cuts[key].update(c for span in spans for c in span if LOWEST < c <= HIGHEST)
            case _ if not isinstance(node, ir.Bool):
                arithmetic |= {c.key for c in ir.children(node) if isinstance(c, ir.Fact)}
    return {
        key: FactUse(key, tuple(sorted(cuts[key])), tuple(sorted(bits[key])), key in arithmetic)
        for key in cuts
    }


def set_bits(mask: int) -> list[int]:
    """Numbers of the bits that are set."""
    return [bit for bit in range(mask.bit_length()) if mask >> bit & 1]
