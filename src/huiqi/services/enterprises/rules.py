"""Pure parts: the size year by year, numbers too small to be shown to the public."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from huiqi.kernel.facts.choosing import chosen
from huiqi.kernel.facts.models import Observation
from huiqi.kernel.facts.values import stored
from huiqi.rules.errors import NotInForce
from huiqi.rules.jurisdiction import Jurisdiction
from huiqi.rules.size import Classification

FEW = 5
"""Fewer firms than this are not told to the public: one could guess who they are."""


@dataclass(frozen=True)
class SizeOfYear:
    """The size class on the figures of one year. ``standard``: the edition that applied."""

    year: int
    found: Classification
    standard: str
    words: tuple[Observation, ...]
    """The figures it rests on."""


def sizes_by_year(
    words: Iterable[Observation], registered: Mapping[str, int], book: Jurisdiction, on: date
) -> list[SizeOfYear]:
    """One class a year that any figure is known of, the newest first.

    The standard is the one in force at the end of the year; figures of other years don't count.
    """
    by_year: dict[int, list[Observation]] = {}
    for word in words:
        if len(word.period) == 4 and word.period.isdigit():
            by_year.setdefault(int(word.period), []).append(word)
    found = []
    for year in sorted(by_year, reverse=True):
        one = _size(year, by_year[year], registered, book, on)
        if one is not None:
            found.append(one)
    return found


def _size(
    year: int,
    words: list[Observation],
    registered: Mapping[str, int],
    book: Jurisdiction,
    on: date,
) -> SizeOfYear | None:
    try:
        standard = book.size_standard(min(date(year, 12, 31), on))
    except NotInForce:
        return None
    vocabulary = book.vocabulary
    counted = chosen(words)
    facts: dict[str, int | None] = {
        key: stored(vocabulary[key], word)
        for key, word in counted.items()
        if key in vocabulary.facts
    }
    facts.update(registered)
    wanted = set(standard.facts_read)
    used = tuple(word for key, word in counted.items() if key in wanted)
    if not used:
        return None
    return SizeOfYear(year, standard.classify(facts), standard.model.title, used)


def shown(count: int, *, public: bool) -> int | None:
    """A number as it may be shown: to the public not where it is small, but zero is no secret."""
    return None if public and 0 < count < FEW else count
