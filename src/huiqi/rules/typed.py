"""Expressions with names resolved and types checked: the one tree behind every evaluator.

Two families: :data:`Numeric` (exact fractions of a dimension; a date is a number of days of
the dimension DATE) and :data:`Condition` (true, false or unknown).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from huiqi.rules.units import DAYS, Dimension
from huiqi.rules.vocabulary import FactDefinition

DATE: Dimension = (("date", 1),)


@dataclass(frozen=True)
class DatedValue:
    """One value of a parameter, in force from ``start`` (None: from the beginning)."""

    start: date | None
    value: Fraction
    source: str
    confidence: str
    text: str = ""
    """The value as the file writes it."""


@dataclass(frozen=True, eq=False)
class Parameter:
    """A dated series (append only); the value is chosen by the date the law says."""

    name: str
    unit: str
    dimension: Dimension
    values: tuple[DatedValue, ...]

    def on(self, day: date) -> DatedValue | None:
        """The value in force on a day, or None before the first."""
        found = None
        for value in self.values:
            if value.start is None or value.start <= day:
                found = value
        return found


@dataclass(frozen=True, eq=False)
class Literal:
    value: Fraction
    dimension: Dimension
    text: str


@dataclass(frozen=True, eq=False)
class Today:
    """今天: the day on which the rule is applied."""

    dimension: Dimension = DATE


@dataclass(frozen=True, eq=False)
class FactNumber:
    fact: FactDefinition

    @property
    def dimension(self) -> Dimension:
        return DATE if self.fact.type == "date" else self.fact.unit.dimension


@dataclass(frozen=True, eq=False)
class ParameterNumber:
    parameter: Parameter

    @property
    def dimension(self) -> Dimension:
        return self.parameter.dimension


@dataclass(frozen=True, eq=False)
class NamedNumber:
    """A name from ``define``, ``tables`` or a derived fact, with what it stands for."""

    name: str
    body: Numeric

    @property
    def dimension(self) -> Dimension:
        return self.body.dimension


@dataclass(frozen=True, eq=False)
class Arithmetic:
    """``+ - * /``; division by zero is unknown."""

    operator: str
    left: Numeric
    right: Numeric
    dimension: Dimension


@dataclass(frozen=True, eq=False)
class Extreme:
    """取大 and 取小."""

    largest: bool
    items: tuple[Numeric, ...]

    @property
    def dimension(self) -> Dimension:
        return self.items[0].dimension


@dataclass(frozen=True, eq=False)
class Limit:
    """限于: not under ``low``, not over ``high``."""

    value: Numeric
    low: Numeric
    high: Numeric

    @property
    def dimension(self) -> Dimension:
        return self.value.dimension


@dataclass(frozen=True, eq=False)
class Brackets:
    """分档: whole-amount 全额 (the bracket's value) or progressive 超额 (sum of part × rate)."""

    progressive: bool
    value: Numeric
    rows: tuple[tuple[Numeric, Numeric], ...]
    dimension: Dimension


@dataclass(frozen=True, eq=False)
class Choice:
    """若 and decision tables: the first row whose condition holds, else ``otherwise``."""

    rows: tuple[tuple[Condition, Numeric], ...]
    otherwise: Numeric

    @property
    def dimension(self) -> Dimension:
        return self.otherwise.dimension


@dataclass(frozen=True, eq=False)
class Compare:
    operator: str
    left: Numeric
    right: Numeric


@dataclass(frozen=True, eq=False)
class Flag:
    fact: FactDefinition


@dataclass(frozen=True, eq=False)
class OneOf:
    """A closed code is one of these values."""

    fact: FactDefinition
    values: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Within:
    """A tree code is one of these nodes or below one; a node above one of them leaves it open."""

    fact: FactDefinition
    codes: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Has:
    """A set contains one of, or every one of, these members."""

    fact: FactDefinition
    members: tuple[str, ...]
    every: bool


@dataclass(frozen=True, eq=False)
class SizeIn:
    """企业规模 is one of these classes under the size standard in force."""

    fact: FactDefinition
    classes: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Elapsed:
    """距今: ``relation`` 满 不满 超过 不超过; ``unit`` months, days or workdays."""

    fact: FactDefinition
    relation: str
    amount: int
    unit: str


@dataclass(frozen=True, eq=False)
class All:
    items: tuple[Condition, ...]


@dataclass(frozen=True, eq=False)
class Any:
    items: tuple[Condition, ...]


@dataclass(frozen=True, eq=False)
class AtLeast:
    count: int
    items: tuple[Condition, ...]


@dataclass(frozen=True, eq=False)
class Not:
    item: Condition


@dataclass(frozen=True, eq=False)
class NamedCondition:
    name: str
    body: Condition


Numeric = (
    Literal
    | Today
    | FactNumber
    | ParameterNumber
    | NamedNumber
    | Arithmetic
    | Extreme
    | Limit
    | Brackets
    | Choice
)
Condition = (
    Compare
    | Flag
    | OneOf
    | Within
    | Has
    | SizeIn
    | Elapsed
    | All
    | Any
    | AtLeast
    | Not
    | NamedCondition
)
Node = Numeric | Condition

NUMERIC = (
    Literal,
    Today,
    FactNumber,
    ParameterNumber,
    NamedNumber,
    Arithmetic,
    Extreme,
    Limit,
    Brackets,
    Choice,
)


def difference_dimension(left: Dimension, right: Dimension) -> Dimension | None:
    """Dimension of ``left - right``: two dates are days apart; None when they do not fit."""
    if left == right:
        return DAYS if left == DATE else left
    return DATE if left == DATE and right == DAYS else None


def children(node: Node) -> tuple[Node, ...]:
    """The parts of a node, in reading order."""
    match node:
        case NamedNumber() | NamedCondition():
            return (node.body,)
        case Arithmetic() | Compare():
            return (node.left, node.right)
        case Extreme() | All() | Any() | AtLeast():
            return node.items
        case Limit():
            return (node.value, node.low, node.high)
        case Brackets():
            return (node.value, *(part for row in node.rows for part in row))
        case Choice():
            return (*(part for row in node.rows for part in row), node.otherwise)
        case Not():
            return (node.item,)
        case _:
            return ()


def walk(*roots: Node) -> Iterator[Node]:
    """The roots and everything below them, in reading order."""
    stack = list(reversed(roots))
    while stack:
        node = stack.pop()
        yield node
        stack.extend(reversed(children(node)))


def facts_in(node: Node) -> list[FactDefinition]:
    """Facts a node mentions, each once, in reading order (企业规模 as itself)."""
    found: dict[str, FactDefinition] = {}
    for part in walk(node):
        fact = getattr(part, "fact", None)
        if fact is not None:
            found.setdefault(fact.key, fact)
    return list(found.values())
