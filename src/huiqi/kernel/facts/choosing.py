"""Which of several observations of one fact counts. Pure; the snapshot says the same in SQL."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol, TypeVar

from huiqi.kernel.facts.models import DECLARED


class Word(Protocol):
    """What the choice looks at."""

    pk: int
    fact: str
    period: str
    source: str
    number: int | None
    text: str


W = TypeVar("W", bound=Word)


def is_given(word: Word) -> bool:
    """Whether it says anything; a source may have taken its word back."""
    return word.number is not None or bool(word.text)


def precedence(word: Word) -> tuple[str, bool, int]:
    """The greatest counts: the newest period; a register before the firm's own word; the newest."""
    return word.period, word.source != DECLARED, word.pk


def chosen(words: Iterable[W]) -> dict[str, W]:
    """The word that counts, a fact."""
    found: dict[str, W] = {}
    for word in words:
        if not is_given(word):
            continue
        other = found.get(word.fact)
        if other is None or precedence(word) > precedence(other):
            found[word.fact] = word
    return found


def contradicted(words: Iterable[W]) -> dict[str, tuple[W, W]]:
    """Facts where the firm's own word differs from a register's on the same period: (own, theirs).

    Of several registers the one that counts is compared.
    """
    own: dict[tuple[str, str], W] = {}
    theirs: dict[tuple[str, str], W] = {}
    for word in words:
        if is_given(word):
            group = own if word.source == DECLARED else theirs
            key = word.fact, word.period
            if key not in group or precedence(word) > precedence(group[key]):
                group[key] = word
    return {
        fact: (own[fact, period], theirs[fact, period])
        for fact, period in sorted(own)
        if (fact, period) in theirs and _said(own[fact, period]) != _said(theirs[fact, period])
    }


def _said(word: Word) -> tuple[int | None, str]:
    return word.number, word.text
