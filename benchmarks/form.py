"""The neutral form of the load: facts, predicates, policies and answers, bound to no engine.

Everything is an integer or unknown. Each engine translates this form into its own before the
clock starts, so no engine is timed on somebody else's representation.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

Kind: TypeAlias = Literal["money", "count", "share", "date", "flag", "code", "tree", "set"]
Array: TypeAlias = npt.NDArray[Any]
Mask: TypeAlias = npt.NDArray[np.bool_]

FALSE, UNKNOWN, TRUE = 0, 1, 3


@dataclass(frozen=True, slots=True)
class Fact:
    """One column: what it is and the narrowest integer type that holds it."""

    key: str
    kind: Kind
    dtype: str
    nulls: float
    labels: tuple[str, ...] = ()
    """Texts of a code or tree column; the encoded value is the position from 1."""


# Predicates. An unknown fact makes each of them unknown.


@dataclass(frozen=True, slots=True)
class Ge:
    """fact >= bound"""

    fact: str
    bound: int


@dataclass(frozen=True, slots=True)
class Lt:
    """fact < bound"""

    fact: str
    bound: int


@dataclass(frozen=True, slots=True)
class Eq:
    """fact = value (flags and closed codes)"""

    fact: str
    value: int


@dataclass(frozen=True, slots=True)
class Within:
    """fact in one of the inclusive ranges: subtrees of a code tree in preorder"""

    fact: str
    ranges: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class HasBits:
    """any (or every) bit of the mask is set"""

    fact: str
    mask: int
    every: bool


@dataclass(frozen=True, slots=True)
class ShareGe:
    """part is at least so many per cent of whole; unknown when either is"""

    part: str
    whole: str
    percent: int


Predicate: TypeAlias = Ge | Lt | Eq | Within | HasBits | ShareGe


# Conditions: a leaf is the number of a predicate in the load's shared list.


@dataclass(frozen=True, slots=True)
class And:
    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Not:
    item: Node


@dataclass(frozen=True, slots=True)
class AtLeast:
    """At least `count` of the items are true."""

    count: int
    items: tuple[Node, ...]


Node: TypeAlias = int | And | Or | Not | AtLeast


# Amounts, in fen.


@dataclass(frozen=True, slots=True)
class Fixed:
    fen: int


@dataclass(frozen=True, slots=True)
class Rate:
    """fact × per_mille ‰, rounded half up to the fen, at most cap. The fact is never negative."""

    fact: str
    per_mille: int
    cap: int


@dataclass(frozen=True, slots=True)
class PerUnit:
    """fact × unit, at most cap."""

    fact: str
    unit: int
    cap: int


Amount: TypeAlias = Fixed | Rate | PerUnit


@dataclass(frozen=True, slots=True)
class Policy:
    key: str
    condition: Node
    amount: Amount


@dataclass(frozen=True, slots=True)
class Load:
    """What is evaluated: the facts, the predicates that policies share, and the policies."""

    facts: tuple[Fact, ...]
    predicates: tuple[Predicate, ...]
    policies: tuple[Policy, ...]

    def fact(self, key: str) -> Fact:
        return next(fact for fact in self.facts if fact.key == key)


@dataclass(frozen=True, slots=True)
class Column:
    """Encoded values; where `valid` is false the fact is unknown and the value is 0."""

    values: Array
    valid: Mask


@dataclass(frozen=True, slots=True)
class Firms:
    columns: Mapping[str, Column]
    rows: int

    def record(self, row: int) -> dict[str, int | None]:
        """One firm as encoded facts."""
        return {
            key: int(column.values[row]) if column.valid[row] else None
            for key, column in self.columns.items()
        }

    def slice(self, start: int, stop: int) -> Firms:
        return Firms(
            {
                key: Column(column.values[start:stop], column.valid[start:stop])
                for key, column in self.columns.items()
            },
            min(stop, self.rows) - start,
        )


@dataclass(frozen=True, slots=True)
class Answers:
    """Per policy: firms eligible, firms undetermined, fen over the eligible firms whose amount is
    known, and how many eligible firms have an unknown amount."""

    eligible: npt.NDArray[np.int64]
    undetermined: npt.NDArray[np.int64]
    amount: npt.NDArray[np.int64]
    unknown: npt.NDArray[np.int64]

    @classmethod
    def of(cls, rows: list[tuple[int, int, int, int]]) -> Answers:
        table = np.array(rows, dtype=np.int64).reshape(-1, 4)
        return cls(*(np.ascontiguousarray(table[:, i]) for i in range(4)))

    def rows(self) -> list[tuple[int, int, int, int]]:
        columns = (self.eligible, self.undetermined, self.amount, self.unknown)
        return list(zip(*(column.tolist() for column in columns), strict=True))

    def __add__(self, other: Answers) -> Answers:
        return Answers(
            self.eligible + other.eligible,
            self.undetermined + other.undetermined,
            self.amount + other.amount,
            self.unknown + other.unknown,
        )


OneFirm: TypeAlias = tuple[list[int], list[int | None]]
"""States (0, 1, 3) and amounts of one firm; the amount is None unless eligible and known."""


def facts_of(predicate: Predicate) -> tuple[str, ...]:
    if isinstance(predicate, ShareGe):
        return (predicate.part, predicate.whole)
    return (predicate.fact,)


def leaves(node: Node) -> tuple[int, ...]:
    if isinstance(node, int):
        return (node,)
    if isinstance(node, Not):
        return leaves(node.item)
    return tuple(leaf for item in node.items for leaf in leaves(item))


def used_facts(load: Load) -> set[str]:
    """Facts that some policy reads."""
    used = {leaf for policy in load.policies for leaf in leaves(policy.condition)}
    keys = {key for leaf in used for key in facts_of(load.predicates[leaf])}
    amounts = (policy.amount for policy in load.policies)
    return keys | {amount.fact for amount in amounts if not isinstance(amount, Fixed)}
