"""Pure parts: the size year by year, numbers too small to be shown to the public."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from huiqi.kernel.facts.choosing import chosen
from huiqi.kernel.facts.models import Observation
from huiqi.kernel.facts.values import stored
from huiqi.rules.errors import NotInForce
from huiqi.rules.jurisdiction import Jurisdiction
from huiqi.rules.size import UNDETERMINED, Classification

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


# --- the certificate ---------------------------------------------------------------------------

NOT_CERTIFIED = (UNDETERMINED, "不适用")


def certified(sizes: Iterable[SizeOfYear]) -> SizeOfYear | None:
    """The newest year with a class that can be certified; None: there is none."""
    return next((one for one in sizes if one.found.size not in NOT_CERTIFIED), None)


def certificate(
    identity: Iterable[tuple[str, str]], one: SizeOfYear, sources: Iterable[str], on: date
) -> dict[str, Any]:
    """What a size certificate 划型证明 says: names and values, and in words how it was found.

    It has no document number: it is computed, not decided; its check code finds it again.
    """
    evidence = [
        (line.indicator, f"{line.value}（{line.bound}：{_MET[line.met]}）")
        for line in one.found.evidence
    ]
    return {
        "title": "中小企业划型证明" if one.found.size != "大型" else "企业划型证明",
        "facts": [
            *identity,
            ("数据年度", f"{one.year} 年"),
            ("划型行业", one.found.group or ""),
            *evidence,
            ("规模", one.found.size),
            ("依据", f"{one.standard}，{one.found.article}"),
            ("数据来源", "、".join(dict.fromkeys(sources))),
            ("出具日期", on.isoformat()),
            ("有效期至", valid_until(on).isoformat()),
        ],
        "paragraphs": [_HOW.format(one=one, on=on), _UNTIL],
    }


_HOW = (
    "本证明由平台按《{one.standard}》，用企业档案在 {on.year} 年 {on.month} 月 {on.day} 日记载的"
    " {one.year} 年数据计算得出，不是行政机关的审批决定。"
)
_UNTIL = (
    "档案中据以划型的数据有变化，或者有效期届满，本证明即失效。是否有效，以扫码查验的结果为准。"
)
_MET = {True: "达到", False: "没有达到", None: "不详"}


def valid_until(on: date) -> date:
    """A class holds for the year: the certificate ends with it."""
    return date(on.year, 12, 31)


def changed(told: dict[str, int], present: dict[str, int | None]) -> dict[str, int | None]:
    """What was told and is not what counts already."""
    return {key: value for key, value in told.items() if present.get(key) != value}
