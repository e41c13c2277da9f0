"""Screening 初筛: what each fact alone says of many rules, found with one look-up a fact.

Most rules are ruled out for most firms by a single condition on a single fact. Such a condition
changes only at its cut points, so for each fact a table says, by the rank of the value among the
cut points of all rules, which rules it fails and which it leaves open, one bit a rule.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from huiqi.rules import ir

Marks = tuple[int, int]
"""Rules that are failed, rules that are left open: bit i for rule i."""


@dataclass(frozen=True, eq=False)
class Literal:
    """A condition on one fact, or its negation, that a rule needs."""

    rule: int
    atom: ir.Atom
    negated: bool

    @property
    def bit(self) -> int:
        return 1 << self.rule

    def state(self, value: int) -> int:
        """The state for a known value."""
        found = _state(self.atom, value)
        return ir.NEGATED[found] if self.negated else found


@dataclass(frozen=True, eq=False)
class Table:
    """For one fact: a row of marks for every rank of the value among the cuts."""

    cuts: list[int]
    rows: list[Marks]

    @classmethod
    def of(cls, literals: Sequence[Literal]) -> Table:
        cuts = sorted({cut for literal in literals for cut in _cuts(literal.atom)})
        below = cuts[0] - 1 if cuts else 0
        return cls(cuts, [marks(literals, value) for value in (below, *cuts)])


@dataclass(frozen=True, eq=False)
class Screen:
    """The rules' conditions, split into what tables answer and the rest."""

    tables: dict[str, Table] = field(default_factory=dict)
    """By fact: thresholds, values and codes."""

    members: dict[str, list[tuple[ir.HasBits, Marks, Marks]]] = field(default_factory=dict)
    """By fact: conditions on the members of a set, the marks where they hold and where not."""

    unknown: dict[str, int] = field(default_factory=dict)
    """By fact: the rules that an unknown value leaves open."""

    rests: list[list[ir.Bool]] = field(default_factory=list)
    """By rule: what else must hold."""

    @classmethod
    def of(cls, conditions: Sequence[ir.Bool]) -> Screen:
        screen = cls()
        by_fact: dict[str, list[Literal]] = {}
        for rule, condition in enumerate(conditions):
            rest: list[ir.Bool] = []
            for item in condition.items if isinstance(condition, ir.And) else (condition,):
                negated = isinstance(item, ir.Not)
                atom = item.item if isinstance(item, ir.Not) else item
                fact = ir.children(atom)[0] if isinstance(atom, ir.ATOMS) else None
                if isinstance(atom, ir.ATOMS) and isinstance(fact, ir.Fact):
                    by_fact.setdefault(fact.key, []).append(Literal(rule, atom, negated))
                else:
                    rest.append(item)
            screen.rests.append(rest)
        for key, literals in by_fact.items():
            screen._add(key, literals)
        return screen

    def _add(self, key: str, literals: Sequence[Literal]) -> None:
        self.unknown[key] = _joined(literal.bit for literal in literals)
        members: dict[int, tuple[ir.HasBits, list[Literal]]] = {}
        spans = []
        for literal in literals:
            if isinstance(literal.atom, ir.HasBits):
                members.setdefault(id(literal.atom), (literal.atom, []))[1].append(literal)
            else:
                spans.append(literal)
        if spans:
            self.tables[key] = Table.of(spans)
        if members:
            self.members[key] = [
                (atom, marks(found, atom.mask), marks(found, 0)) for atom, found in members.values()
            ]


def marks(literals: Iterable[Literal], value: int) -> Marks:
    """What a known value says of the rules."""
    states = [(literal.bit, literal.state(value)) for literal in literals]
    failed = _joined(bit for bit, state in states if state == ir.FALSE)
    return failed, _joined(bit for bit, state in states if state == ir.UNKNOWN)


def _joined(bits: Iterable[int]) -> int:
    found = 0
    for bit in bits:
        found |= bit
    return found


def _state(atom: ir.Atom, value: int) -> int:
    match atom:
        case ir.Ge(_, bound):
            return ir.TRUE if value >= bound else ir.FALSE
        case ir.Eq(_, wanted):
            return ir.TRUE if value == wanted else ir.FALSE
        case ir.HasBits(_, mask, every):
            found = value & mask
            return ir.TRUE if (found == mask if every else found) else ir.FALSE
        case ir.InCodes(_, yes, maybe):
            if any(low <= value <= high for low, high in yes):
                return ir.TRUE
            return ir.UNKNOWN if value in maybe else ir.FALSE


def _cuts(atom: ir.Atom) -> Iterable[int]:
    """Values at which the state changes."""
    match atom:
        case ir.Ge(_, bound):
            return (bound,)
        case ir.Eq(_, value):
            return (value, value + 1)
        case ir.InCodes(_, yes, maybe):
            spans = (*yes, *((code, code) for code in maybe))
            return [cut for low, high in spans for cut in (low, high + 1)]
        case _:
            return ()
