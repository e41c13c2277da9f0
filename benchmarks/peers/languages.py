"""The load in expression languages with two values: a condition as certain and as possible.

In the languages of zen-engine, CEL and datalogic a comparison with null is an error or wrong, so
each condition is written twice: ``certain`` holds when it is true whatever the unknown facts are,
``possible`` when it may be. A language is a way to write the parts.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Generic, Literal, Protocol, TypeAlias, TypeVar

from benchmarks.form import (
    Amount,
    And,
    AtLeast,
    Eq,
    Fixed,
    Ge,
    HasBits,
    Load,
    Lt,
    Node,
    Not,
    OneFirm,
    PerUnit,
    Policy,
    Predicate,
    ShareGe,
    Within,
    facts_of,
)

T = TypeVar("T")
Side: TypeAlias = Literal["certain", "possible", "native"]
"""``native``: the language itself carries the unknown through."""

OTHER: dict[Side, Side] = {"certain": "possible", "possible": "certain", "native": "native"}

# A policy's answer as one number: the amount, or one of these.
INELIGIBLE, UNKNOWN_AMOUNT, UNDETERMINED = -1, -2, -3

Variables: TypeAlias = dict[str, int | bool | None]


class Language(Protocol[T]):
    """How to write the parts of a condition and of an amount."""

    def known(self, name: str) -> T: ...
    def unknown(self, name: str) -> T: ...
    def flag(self, name: str) -> T: ...
    def at_least(self, name: str, bound: int) -> T: ...
    def below(self, name: str, bound: int) -> T: ...
    def equal(self, name: str, value: int) -> T: ...
    def share(self, part: str, whole: str, percent: int) -> T: ...
    def every(self, items: Sequence[T]) -> T: ...
    def some(self, items: Sequence[T]) -> T: ...
    def negated(self, item: T) -> T: ...
    def number(self, value: int) -> T: ...
    def choice(self, condition: T, yes: T, no: T) -> T: ...
    def product(self, name: str, factor: int, cap: int) -> T: ...
    def rate(self, name: str, per_mille: int, cap: int) -> T: ...


def member(fact: str, bit: int) -> str:
    """The Boolean variable for a member of a set."""
    return f"{fact}_{bit}"


def variables(load: Load, record: dict[str, int | None]) -> Variables:
    """A firm as these languages like it best: flags and members of sets as Booleans."""
    found: Variables = {}
    for fact in load.facts:
        value = record[fact.key]
        if fact.kind == "set":
            for bit in range(16):
                found[member(fact.key, bit)] = None if value is None else bool(value >> bit & 1)
        elif fact.kind == "flag":
            found[fact.key] = None if value is None else bool(value)
        else:
            found[fact.key] = value
    return found


def as_numbers(answer: OneFirm) -> list[int]:
    """States and amounts as one number a policy."""
    states, amounts = answer
    found = []
    for state, amount in zip(states, amounts, strict=True):
        if state == 3:
            found.append(UNKNOWN_AMOUNT if amount is None else amount)
        else:
            found.append(UNDETERMINED if state == 1 else INELIGIBLE)
    return found


class Writer(Generic[T]):
    """Writes the policies of a load in a language."""

    def __init__(self, load: Load, language: Language[T]) -> None:
        self.load = load
        self.language: Language[T] = language
        self.flags = {fact.key for fact in load.facts if fact.kind == "flag"}

    def answer(self, policy: Policy) -> T:
        """Most policies are out of the question for most firms, so that is asked first."""
        write = self.language
        certain, possible = (self.node(policy.condition, s) for s in ("certain", "possible"))
        settled = write.choice(certain, self.amount(policy.amount), write.number(UNDETERMINED))
        return write.choice(possible, settled, write.number(INELIGIBLE))

    def native_answer(self, policy: Policy) -> T:
        """In a language in which an undetermined condition says so by itself."""
        write, condition = self.language, self.node(policy.condition, "native")
        return write.choice(condition, self.amount(policy.amount), write.number(INELIGIBLE))

    def amount(self, rule: Amount) -> T:
        write = self.language
        if isinstance(rule, Fixed):
            return write.number(rule.fen)
        if isinstance(rule, PerUnit):
            value = write.product(rule.fact, rule.unit, rule.cap)
        else:
            value = write.rate(rule.fact, rule.per_mille, rule.cap)
        return write.choice(write.unknown(rule.fact), write.number(UNKNOWN_AMOUNT), value)

    def node(self, node: Node, side: Side) -> T:
        write = self.language
        if isinstance(node, int):
            return self.predicate(self.load.predicates[node], side)
        if isinstance(node, Not):
            return write.negated(self.node(node.item, OTHER[side]))
        items = [self.node(item, side) for item in node.items]
        if isinstance(node, AtLeast):
            return write.some([write.every(chosen) for chosen in combinations(items, node.count)])
        return write.every(items) if isinstance(node, And) else write.some(items)

    def predicate(self, predicate: Predicate, side: Side) -> T:
        names = [
            member(name, 0) if isinstance(predicate, HasBits) else name
            for name in facts_of(predicate)
        ]
        test, write = self.test(predicate), self.language
        if side == "certain":
            return write.every([*map(write.known, names), test])
        if side == "possible":
            return write.some([*map(write.unknown, names), test])
        return test

    def test(self, predicate: Predicate) -> T:
        """The predicate where its facts are known."""
        write = self.language
        match predicate:
            case Ge(fact, bound):
                return write.at_least(fact, bound)
            case Lt(fact, bound):
                return write.below(fact, bound)
            case Eq(fact, value) if fact in self.flags:
                return write.flag(fact) if value else write.negated(write.flag(fact))
            case Eq(fact, value):
                return write.equal(fact, value)
            case Within(fact, ranges):
                parts = [self._between(fact, low, high) for low, high in ranges]
                return write.some(parts) if len(parts) > 1 else parts[0]
            case HasBits(fact, mask, every):
                bits = [bit for bit in range(mask.bit_length()) if mask >> bit & 1]
                members = [write.flag(member(fact, bit)) for bit in bits]
                return write.every(members) if every else write.some(members)
            case ShareGe(part, whole, percent):
                return write.share(part, whole, percent)

    def _between(self, fact: str, low: int, high: int) -> T:
        write = self.language
        if low == high:
            return write.equal(fact, low)
        return write.every([write.at_least(fact, low), write.below(fact, high + 1)])


class Text:
    """A language of operators, as zen-engine's and CEL are."""

    def __init__(self, every: str, some: str, negation: str) -> None:
        self._every, self._some, self._negation = every, some, negation

    def known(self, name: str) -> str:
        return f"{name} != null"

    def unknown(self, name: str) -> str:
        return f"{name} == null"

    def flag(self, name: str) -> str:
        return name

    def at_least(self, name: str, bound: int) -> str:
        return f"{name} >= {bound}"

    def below(self, name: str, bound: int) -> str:
        return f"{name} < {bound}"

    def equal(self, name: str, value: int) -> str:
        return f"{name} == {value}"

    def share(self, part: str, whole: str, percent: int) -> str:
        return f"{part} * 100 >= {whole} * {percent}"

    def every(self, items: Sequence[str]) -> str:
        return f"({f' {self._every} '.join(items)})"

    def some(self, items: Sequence[str]) -> str:
        return f"({f' {self._some} '.join(items)})"

    def negated(self, item: str) -> str:
        return f"{self._negation}({item})"

    def number(self, value: int) -> str:
        return str(value)

    def choice(self, condition: str, yes: str, no: str) -> str:
        return f"({condition} ? {yes} : {no})"

    def product(self, name: str, factor: int, cap: int) -> str:
        return self.capped(f"{name} * {factor}", cap)

    def rate(self, name: str, per_mille: int, cap: int) -> str:
        return self.capped(self.thousandth(f"({name} * {per_mille} + 500)"), cap)

    def capped(self, value: str, cap: int) -> str:
        return f"({value} > {cap} ? {cap} : {value})"

    def thousandth(self, value: str) -> str:
        """Integer division."""
        return f"{value} / 1000"
