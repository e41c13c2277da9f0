"""Expressions as written: the tree that the parser makes, before names and types are known.

``at`` is the character of the expression (from 1) at which a node begins.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from huiqi.rules.units import Quantity


@dataclass(frozen=True)
class Name:
    at: int
    text: str


@dataclass(frozen=True)
class Number:
    at: int
    text: str
    quantity: Quantity


@dataclass(frozen=True)
class Day:
    at: int
    value: date


@dataclass(frozen=True)
class Binary:
    """``+ - * /``"""

    at: int
    operator: str
    left: Expression
    right: Expression


@dataclass(frozen=True)
class Comparison:
    """``= != < <= > >=``"""

    at: int
    operator: str
    left: Expression
    right: Expression


@dataclass(frozen=True)
class Options:
    """``属于 位于 包含`` with the words or codes listed; ``relation`` without the 不."""

    at: int
    subject: Name
    relation: str
    negated: bool
    options: tuple[Name, ...]


@dataclass(frozen=True)
class Since:
    """``距今 满|不满|超过|不超过`` a period."""

    at: int
    subject: Name
    relation: str
    period: Number


@dataclass(frozen=True)
class Junction:
    """``且`` and ``或``; ``count`` is set for 至少N项."""

    at: int
    kind: str
    items: tuple[Expression, ...]
    count: int = 0


@dataclass(frozen=True)
class Negation:
    at: int
    item: Expression


@dataclass(frozen=True)
class Bracket:
    """``下限: 值`` inside 分档."""

    at: int
    floor: Expression
    value: Expression


@dataclass(frozen=True)
class Call:
    at: int
    name: str
    arguments: tuple[Expression | Bracket, ...]


Expression = (
    Name | Number | Day | Binary | Comparison | Options | Since | Junction | Negation | Call
)
