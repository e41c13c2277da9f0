"""One cell of text → the stored integer of a fact, or unknown with what is to be said about it.

The rules are laid out for people in ``docs/concepts/reading-tables.md``.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from fractions import Fraction

from huiqi.rules.dates import to_days
from huiqi.rules.units import UNITS
from huiqi.rules.vocabulary import FactDefinition
from huiqi.tables.code_cells import Reading, read_tree_code
from huiqi.tables.dates import read_date
from huiqi.tables.headers import SourceColumn
from huiqi.tables.measures import multiplier
from huiqi.tables.normal import FORMULA_ERRORS, compact, half_width, says_unknown
from huiqi.tables.problems import Note, formula_error

LONGEST_CELL = 1000
SET_SEPARATOR = "\x1f"
"""Joins the members of a set that came as a list, where no separator can be meant."""

EMPTY_SET = "无"

_NUMBER = re.compile(
    r"(?:¥|人民币|rmb)?\s*"
    r"(?P<number>[+-]?(?:\d{1,3}(?:[, ]\d{3})+|\d{1,30})?(?:\.\d{1,30})?(?:e[+-]?\d{1,2})?)"
    r"\s*(?P<unit>[^\d\s.,+-][^\d]*)?",
    re.IGNORECASE,
)
_YES = frozenset({"是", "有", "真", "对", "已", "true", "t", "yes", "y", "1", "√", "✓", "✔", "☑"})
_NO = frozenset(
    {"否", "无", "没有", "不是", "假", "错", "未", "false", "f", "no", "n", "0"}
) | frozenset("×✗✘")
_NOTHING = frozenset({"无", "没有"})
_NOT_APPLICABLE = frozenset({"不适用", "无法填报", "无法提供"})
_SET_SPLIT = re.compile(rf"[;,、|\n{SET_SEPARATOR}]")
# Below this a number in a % column may have been meant as a fraction.
_SUSPICIOUS_SHARE = Fraction(1, 100)


def read_cell(text: str, column: SourceColumn, base: date) -> Reading:
    """The stored integer of the column's fact; ``base`` is day 0 of serial dates."""
    fact = column.fact
    if text.strip() in FORMULA_ERRORS:
        return None, formula_error(text.strip())
    if len(text) > LONGEST_CELL:
        return None, Note.error("too_long", f"内容过长（{len(text)} 字）", "只填写这一项的值")
    word = compact(text)
    if fact.values and word in _members(fact):
        return _READERS[fact.type](text, column, base)
    if says_unknown(word):
        return None, None
    if word in _NOT_APPLICABLE:
        return None, _taken_as_unknown(fact, word)
    return _READERS[fact.type](text, column, base)


def _taken_as_unknown(fact: FactDefinition, word: str) -> Note:
    advice = "如果是零，请填 0" if fact.type == "number" else "有确定内容的，请填写内容"
    return Note.warning("taken_as_unknown", f"“{word}”按未知处理", advice)


# --- numbers ---------------------------------------------------------------------------------


def _read_number(text: str, column: SourceColumn, _: date) -> Reading:
    fact = column.fact
    if compact(text) in _NOTHING:
        return None, _taken_as_unknown(fact, compact(text))
    match = _NUMBER.fullmatch(half_width(text))
    if match is None or not any(map(str.isdecimal, match["number"])):
        return None, _not_a_number(fact)
    factor, unit = column.multiplier, (match["unit"] or "").strip()
    if unit:
        found = multiplier(fact, unit)
        if found is None:
            return None, Note.error(
                "unit", f"单位“{unit}”不适用于{fact.name}", f"应填数字，单位为{_unit_word(column)}"
            )
        factor = found
    number = Fraction(Decimal(re.sub("[, ]", "", match["number"])))
    stored, note = store(fact, number * factor)
    if note is None and asks_about_share(column) and not unit and 0 < abs(number) < 1:
        note = Note.warning(
            "small_share",
            f"按 {fact.show(stored)} 读取",
            f"本列单位是 %；如果想填 {match['number']} 的比例，请写成百分数，如 5%",
        )
    return stored, note


def asks_about_share(column: SourceColumn) -> bool:
    """A share whose header does not say %: 0.05 may have been meant as 5 %."""
    return column.fact.unit == UNITS["%"] and not column.unit


def store(fact: FactDefinition, exact: Fraction) -> Reading:
    """Round half up to the smallest stored unit, within the fact's bounds; as ``Fact.encode``."""
    if fact.is_integer and exact.denominator != 1:
        return None, Note.error(
            "not_whole", f"{fact.name}应为整数", f"填写整数（单位：{fact.unit.name}）"
        )
    stored = int((2 * exact + 1) // 2)
    low, high = fact.bounds
    if not low <= stored <= high:
        return None, Note.error(
            "out_of_range",
            f"{fact.name}应在 {fact.show(low)} 至 {fact.show(high)} 之间",
            "核对数值和单位",
        )
    return stored, None


def _not_a_number(fact: FactDefinition) -> Note:
    return Note.error(
        "not_a_number",
        f"{fact.name}应填数字",
        "只填数字，可带千位分隔符和单位，如 1,234.5 或 300万元；负数用减号",
    )


def _unit_word(column: SourceColumn) -> str:
    return column.unit or ("元" if column.fact.is_money else column.fact.unit.name) or "无"


# --- dates, flags ----------------------------------------------------------------------------


def _read_date(text: str, column: SourceColumn, base: date) -> Reading:
    fact = column.fact
    if compact(text) in _NOTHING:
        return None, _taken_as_unknown(fact, compact(text))
    try:
        days = to_days(read_date(text, base))
    except (ValueError, OverflowError) as error:
        return None, Note.error("not_a_date", f"{fact.name}：{error}", "填写日期，如 2024-05-01")
    low, high = fact.bounds
    if not low <= days <= high:
        return None, Note.error(
            "out_of_range", f"{fact.name}的年份应在 1900 至 2199 之间", "核对日期"
        )
    return days, None


def _read_flag(text: str, column: SourceColumn, _: date) -> Reading:
    word = compact(text).lower().removesuffix(".0")
    if word in _YES:
        return 1, None
    if word in _NO:
        return 0, None
    return None, Note.error("not_a_flag", f"{column.fact.name}应填 是 或 否", "填写 是 或 否")


# --- closed lists, sets ----------------------------------------------------------------------


def _members(fact: FactDefinition) -> dict[str, int]:
    return {compact(value): position for position, value in enumerate(fact.values)}


def _read_code(text: str, column: SourceColumn, _: date) -> Reading:
    fact, word = column.fact, compact(text)
    position = _members(fact).get(word)
    if position is not None:
        return position + 1, None
    if word in _NOTHING:
        return None, _taken_as_unknown(fact, word)
    if fact.code_tree is not None:
        return read_tree_code(text, fact, fact.code_tree)
    return None, _not_in_list(fact, word)


def _read_set(text: str, column: SourceColumn, _: date) -> Reading:
    fact, members = column.fact, _members(column.fact)
    word = compact(text)
    if word in members:
        return 1 << members[word], None
    if word in _NOTHING:
        return 0, None
    mask = 0
    for part in _SET_SPLIT.split(half_width(text)):
        member = compact(part)
        if not member:
            continue
        if member not in members:
            return None, _not_in_list(fact, member)
        mask |= 1 << members[member]
    return (mask, None) if mask else (None, _not_in_list(fact, word))


def _not_in_list(fact: FactDefinition, word: str) -> Note:
    close = difflib.get_close_matches(word, fact.values, n=1, cutoff=0.5)
    hint = f"，是否应为“{close[0]}”？" if close else ""
    advice = f"可填：{'、'.join(fact.values)}" + ("；多个用分号隔开" if fact.type == "set" else "")
    return Note.error("not_in_list", f"{fact.name}中没有“{word[:30]}”{hint}", advice)


_READERS: dict[str, Callable[[str, SourceColumn, date], Reading]] = {
    "number": _read_number,
    "date": _read_date,
    "flag": _read_flag,
    "code": _read_code,
    "set": _read_set,
}
