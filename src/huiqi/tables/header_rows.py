"""What a header says in more than one row, brought into one.

* ``单位：万元`` above the header is the unit of every column that has none of its own.
* Group titles stand over the real header, often merged: 财务情况 over 营业收入 and 资产总额. A unit
  in the title is the unit of its columns. A period in it (2024年, 上年同期) changes what a number
  means: it becomes a remark of the header, which nobody knows, so that the column is not read.
* A row of units right below the header belongs to it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import zip_longest

from huiqi.rules.vocabulary import FactDefinition
from huiqi.tables.measures import is_unit, multiplier
from huiqi.tables.normal import compact, half_width

Row = Sequence[str]
FactOf = Callable[[str], FactDefinition | None]
"""The fact a header text names."""

_UNIT_NOTE = re.compile(r"单位\s*:\s*(?P<units>[^()\s]+)")
_BETWEEN_UNITS = re.compile(r"[、,;/]")
_TITLE_UNIT = re.compile(r".*[(\[](?:单位:)?(?P<unit>[^()\[\]]+)[)\]]")
_PERIOD = re.compile(r"\d|年|季|月|期|累计|计划|预")


def noted_units(rows: Sequence[Row]) -> tuple[int, list[str]]:
    """Row (1-based) and units of the last note of units among title rows; 0 without one."""
    for number, cells in reversed(list(enumerate(rows, 1))):
        for cell in cells:
            match = _UNIT_NOTE.search(half_width(cell))
            words = _BETWEEN_UNITS.split(match["units"]) if match else []
            units = [word.removeprefix("人民币") or word for word in words]
            if any(map(is_unit, units)):
                return number, units
    return 0, []


def under_groups(above: Row, cells: Row, fact_of: FactOf) -> list[str]:
    """A header row with what the group titles in the row above say of it.

    One title over the whole table is no group.
    """
    titles = [cell for cell in above if compact(cell) and ":" not in half_width(cell)]
    if len(titles) < 2:
        return list(cells)
    found, group = [], ""
    for title, cell in zip_longest(above, cells, fillvalue=""):
        group = title if compact(title) else group
        found.append(_in_group(cell, group, fact_of) if compact(cell) else cell)
    return found


def over_second_row(cells: Row, below: Row, fact_of: FactOf) -> list[str] | None:
    """Header and the row below in one, or None when that row is not part of the header."""
    found, group, parts = [], "", 0
    for upper, lower in zip_longest(cells, below, fillvalue=""):
        group = upper if compact(upper) else group
        if not compact(lower):
            found.append(upper)
        elif fact_of(upper) is not None:
            if not is_unit(lower):
                return None
            found.append(f"{upper}({compact(lower)})")
            parts += 1
        else:
            found.append(_in_group(lower, group, fact_of))
            parts += fact_of(lower) is not None
    return found if parts else None


def _in_group(cell: str, group: str, fact_of: FactOf) -> str:
    fact = fact_of(cell)
    if fact is None or fact.type != "number":
        return cell
    if _PERIOD.search(compact(group)):
        return f"{cell}({compact(group)})"
    match = _TITLE_UNIT.fullmatch(compact(group))
    has_own = any(mark in compact(cell) for mark in "([/:")
    if match and not has_own and multiplier(fact, match["unit"]) is not None:
        return f"{cell}({match['unit']})"
    return cell
