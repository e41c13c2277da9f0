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
from huiqi.tables.output_columns import Column as FileColumn

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


Cell = tuple[str, str]
TOTAL = "合计"


def with_totals(counted: Mapping[Cell, int]) -> dict[Cell, int]:
    """A table of (row, column) → count with each row's total beside it."""
    found = dict(counted)
    for (row, _), count in counted.items():
        found[row, TOTAL] = found.get((row, TOTAL), 0) + count
    return found


def to_hide(table: Mapping[Cell, int]) -> set[Cell]:
    """Cells not told to the public: the small ones, and what would give them away.

    All rows and columns have totals that can be known, so one cell left out of a line could be
    worked out from the rest: of each line none or several are left out, and together at least FEW.
    Zero is no secret.
    """
    hidden = {cell for cell, count in table.items() if 0 < count < FEW}
    lines = [
        [c for c in table if c[side] == name] for side in (0, 1) for name in _names(table, side)
    ]
    found: Cell | None = next(iter(hidden), None)
    while found is not None:
        found = next((cell for line in lines if (cell := _also(table, line, hidden))), None)
        if found is not None:
            hidden.add(found)
    return hidden


def _names(table: Mapping[Cell, int], side: int) -> list[str]:
    return sorted({cell[side] for cell in table})


def _also(table: Mapping[Cell, int], line: list[Cell], hidden: set[Cell]) -> Cell | None:
    """What must be left out of a line too; None where nothing must, or nothing is left."""
    left_out = [cell for cell in line if cell in hidden]
    if not left_out or (len(left_out) > 1 and sum(table[cell] for cell in left_out) >= FEW):
        return None
    others = [cell for cell in line if cell not in hidden and table[cell]]
    return min(others, key=lambda cell: (table[cell], cell), default=None)


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


# --- numbers as charts and files -----------------------------------------------------------------

SIZES = ("大型", "中型", "小型", "微型", "不适用", "")
SIZE_NAMES = {"": "待定"}


@dataclass(frozen=True)
class Statistics:
    """Firms by county, size and section; None where a number is too small to be shown."""

    total: int
    by_county: list[tuple[str, str, dict[str, int | None], int | None]]
    """code, name, size → count, all."""

    by_section: list[tuple[str, dict[str, int | None], int | None]]


def charts(found: Statistics) -> dict[str, dict[str, Any]]:
    """Firms by size within county and within section, as charts."""

    def chart(rows: list[tuple[str, dict[str, int | None]]]) -> dict[str, Any]:
        return {
            "kind": "bars",
            "stacked": True,
            "categories": [name for name, _ in rows],
            "series": [
                {"name": SIZE_NAMES.get(size, size), "values": [sizes[size] for _, sizes in rows]}
                for size in SIZES
            ],
        }

    return {
        "counties": chart([(name, sizes) for _, name, sizes, _ in found.by_county]),
        "sections": chart([(name, sizes) for name, sizes, _ in found.by_section]),
    }


def map_chart(found: Statistics, address: str) -> dict[str, Any]:
    return {
        "kind": "map",
        "shapes": address,
        "unit": "家",
        "values": [{"name": name, "value": total} for _, name, _, total in found.by_county],
    }


FILE_COLUMNS = [
    FileColumn("按"),
    FileColumn("名称"),
    *(FileColumn(SIZE_NAMES.get(size, size), "integer") for size in SIZES),
    FileColumn("合计", "integer"),
]


def file_rows(found: Statistics) -> list[list[Any]]:
    """The tables as rows of FILE_COLUMNS; what may not be shown is empty."""
    rows: list[list[Any]] = [
        ["县", name, *sizes.values(), total] for _, name, sizes, total in found.by_county
    ]
    return rows + [
        ["行业", name, *sizes.values(), total] for name, sizes, total in found.by_section
    ]
