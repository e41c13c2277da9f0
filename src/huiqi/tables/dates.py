"""Dates as people and spreadsheets write them.

Year, month, day in this order with any usual separator, or eight digits; a time behind it is
dropped. Five digits (with or without a fraction) are a spreadsheet's serial number, counted
from 1899-12-30, or from 1904-01-01 in workbooks made so. Two-digit years, and days or months
first, are refused: they cannot be told apart.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

from huiqi.tables.normal import half_width

_PARTS = re.compile(
    r"(?P<year>\d{4})\s*(?P<mark>[-/.年])\s*(?P<month>\d{1,2})\s*(?:[-/.]|月)\s*(?P<day>\d{1,2})\s*日?"
    r"(?P<time>[T\s]\s*\d{1,2}:\d{1,2}(?::\d{1,2}(?:\.\d+)?)?\s*(?P<zone>Z|[+-]\d{2}:?\d{2})?)?"
)
_DIGITS = re.compile(r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})(?:\.0+)?")
_SERIAL = re.compile(r"\d{5}(?:\.\d+)?")
_YEAR_ONLY = re.compile(r"\d{4}年?")
_MONTH_ONLY = re.compile(r"\d{4}\s*[-/.年]\s*\d{1,2}\s*月?|\d{6}")
_OTHER_ORDER = re.compile(r"\d{1,2}\s*[-/.]\s*\d{1,2}\s*[-/.]\s*\d{1,4}(?:\s.*)?")
_HOME_ZONE = re.compile(r"\+08:?00")


def serial_base(*, from_1904: bool) -> date:
    """Day 0 of a spreadsheet's serial numbers."""
    return date(1904, 1, 1) if from_1904 else date(1899, 12, 30)


def read_date(text: str, base: date = date(1899, 12, 30)) -> date:
    """The date a text means. Raises ValueError in words for people."""
    written = half_width(text)
    match = _PARTS.fullmatch(written) or _DIGITS.fullmatch(written)
    if match:
        zone = match.groupdict().get("zone")
        if zone and not _HOME_ZONE.fullmatch(zone):
            raise ValueError(f"时间带有其他时区（{zone}），不能确定是哪一天")
        try:
            return date(int(match["year"]), int(match["month"]), int(match["day"]))
        except ValueError:
            raise ValueError(
                f"没有 {match['year']} 年 {int(match['month'])} 月 {int(match['day'])} 日这一天"
            ) from None
    if _SERIAL.fullmatch(written):
        return base + timedelta(days=int(written.partition(".")[0]))
    if _YEAR_ONLY.fullmatch(written):
        raise ValueError("只有年份，缺少月和日")
    if _MONTH_ONLY.fullmatch(written):
        raise ValueError("只有年月，缺少日")
    if _OTHER_ORDER.fullmatch(written):
        raise ValueError("分不清年、月、日的先后")
    raise ValueError("不是日期")
