"""Between stored integers of the rules and the columns of an observation."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Protocol

from huiqi.rules.vocabulary import FactDefinition

IN_WORDS = ("code", "set", "text")
"""Types kept as text: their stored integers are positions in tables that may grow."""


class Kept(Protocol):
    number: int | None
    text: str


def columns(fact: FactDefinition, stored: int | None) -> tuple[int | None, str]:
    """``number`` and ``text`` of an observation with this stored integer (None: none)."""
    if stored is None:
        return None, ""
    if fact.type not in IN_WORDS:
        return stored, ""
    value = fact.decode(stored)
    return (None, "\n".join(value)) if fact.type == "set" else (None, str(value))


def stored(fact: FactDefinition, kept: Kept) -> int | None:
    """The stored integer of an observation; None where it has none, or a code that is no more."""
    if fact.type not in IN_WORDS:
        return kept.number
    if fact.type == "text":
        return None
    if fact.type == "set":
        if kept.number is None and not kept.text:
            return None
        members = [name for name in kept.text.split("\n") if name in fact.values]
        return fact.encode(members)
    return stored_code(fact, kept.text)


def stored_code(fact: FactDefinition, code: str) -> int | None:
    """The stored integer of a code; None for one that its table does not have."""
    if not code:
        return None
    if fact.code_tree is not None:
        return fact.code_tree.index(code) if code in fact.code_tree else None
    return fact.values.index(code) + 1 if code in fact.values else None


def stored_codes(fact: FactDefinition) -> Mapping[str, int]:
    """All texts of a code or set fact that have a stored integer, for whole columns."""
    if fact.code_tree is not None:
        return {code: fact.code_tree.index(code) for code in fact.code_tree}
    return {name: number for number, name in enumerate(fact.values, 1)}


def period_of(fact: FactDefinition, on: date) -> str:
    """The latest period of a fact that is over on a day; nothing for facts of a moment."""
    match fact.model.period:
        case "year":
            return str(on.year - 1)
        case "quarter":
            quarter = (on.month - 1) // 3
            return f"{on.year}Q{quarter}" if quarter else f"{on.year - 1}Q4"
        case "month":
            return f"{on.year}-{on.month - 1:02d}" if on.month > 1 else f"{on.year - 1}-12"
        case _:
            return ""
