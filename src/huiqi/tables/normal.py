"""One form for text that means the same: people type full-width digits, odd dashes and blanks."""

from __future__ import annotations

import unicodedata

_MINUS = str.maketrans({"\u2212": "-", "\u2013": "-", "\ufe63": "-"})
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"), None)

NOT_CALCULATED = "#未计算"
# What Excel shows in a cell whose formula failed, and what is put where it has no result.
FORMULA_ERRORS = frozenset(
    {
        NOT_CALCULATED,
        "#DIV/0!",
        "#N/A",
        "#NAME?",
        "#NULL!",
        "#NUM!",
        "#REF!",
        "#VALUE!",
        "#GETTING_DATA",
        "#SPILL!",
        "#CALC!",
    }
)
UNKNOWN_WORDS = frozenset(
    {
        *("", "-", "--", "---", "—", "——", "/", "//", "\\", "?", "??"),
        *("n/a", "na", "null", "none", "nan", "unknown"),
        *("无数据", "暂无", "暂无数据", "不详", "未知", "待定", "待核实", "缺失", "未填", "未填报"),
    }
)


def half_width(text: str) -> str:
    """NFKC (full-width digits, letters and punctuation), plain minus, trimmed."""
    if text.isascii():
        return text.strip()
    text = text.translate(_INVISIBLE)
    return unicodedata.normalize("NFKC", text).translate(_MINUS).strip()


def compact(text: str) -> str:
    """`half_width` without any white space: headers, codes, words of a closed list."""
    return "".join(half_width(text).split())


def says_unknown(text: str) -> bool:
    """Whether a cell says that nothing is known: blank, a dash, 不详 …"""
    return compact(text).lower() in UNKNOWN_WORDS
