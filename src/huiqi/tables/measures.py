"""Units in headers and cells: how many stored units one of them is.

A number without a unit is in yuan for money and in the fact's own unit otherwise.
"""

from __future__ import annotations

from fractions import Fraction

from huiqi.rules.units import MONEY, PLAIN, UNITS, Dimension
from huiqi.rules.vocabulary import FactDefinition
from huiqi.tables.normal import compact

_PREFIXES = {
    "百万": 10**6,
    "千万": 10**7,
    "十亿": 10**9,
    "千": 10**3,
    "万": 10**4,
    "亿": 10**8,
}
_OTHER_NAMES = {
    "元人民币": "元",
    "人民币元": "元",
    "人民币": "元",
    "rmb": "元",
    "cny": "元",
    "yuan": "元",
    "人次": "次",
    "度": "千瓦时",
    "kwh": "千瓦时",
    "kw·h": "千瓦时",
    "千瓦·时": "千瓦时",
    "t": "吨",
    "百分比": "%",
    "百分之": "%",
    "个季度": "季度",
    "周年": "年",
}
# These have no unit of their own in the rules; the factor is in base units of the dimension.
_SMALLER: dict[str, tuple[Dimension, Fraction]] = {
    "公斤": (UNITS["吨"].dimension, Fraction(1, 1000)),
    "千克": (UNITS["吨"].dimension, Fraction(1, 1000)),
    "kg": (UNITS["吨"].dimension, Fraction(1, 1000)),
    "公顷": (UNITS["亩"].dimension, Fraction(15)),
}
_COUNTERS = frozenset("件项个次家户台名笔批套条所位")
_PEOPLE = UNITS["人"].dimension
_COUNT = UNITS["个"].dimension
# “300万” alone: ten thousand of these.
_PREFIX_ALONE = {MONEY: "元", _PEOPLE: "人", _COUNT: "个"} | {
    UNITS[name].dimension: name for name in ("亩", "吨", "千瓦时", "分")
}


def default_multiplier(fact: FactDefinition) -> Fraction:
    """Stored units in 1 of a number that carries no unit."""
    if fact.is_money:
        return UNITS["元"].factor * fact.scale
    return fact.unit.factor * fact.scale


def multiplier(fact: FactDefinition, unit: str) -> Fraction | None:
    """Stored units of the fact in 1 `unit`; None when the unit is unknown or of another kind."""
    found = _factor(fact, compact(unit).lower())
    return None if found is None else found * fact.scale


def is_unit(text: str) -> bool:
    """Whether the text is a unit at all, of whatever kind."""
    word = compact(text).lower()
    if word in _COUNTERS or word in _PREFIXES:
        return True
    return _plain_unit(word) is not None or _prefixed(word) is not None


def _factor(fact: FactDefinition, word: str) -> Fraction | None:
    dimension = fact.unit.dimension
    found = _plain_unit(word) or _prefixed(word)
    if found is not None and found[0] == dimension:
        return found[1]
    if word in _COUNTERS and dimension in (_COUNT, _PEOPLE):
        return Fraction(1)
    if word in _PREFIXES and dimension in _PREFIX_ALONE:
        return UNITS[_PREFIX_ALONE[dimension]].factor * _PREFIXES[word]
    return None


def _plain_unit(word: str) -> tuple[Dimension, Fraction] | None:
    if word in _SMALLER:
        return _SMALLER[word]
    unit = UNITS.get(_OTHER_NAMES.get(word, word))
    return None if unit is None else (unit.dimension, unit.factor)


def _prefixed(word: str) -> tuple[Dimension, Fraction] | None:
    for prefix, times in _PREFIXES.items():
        rest = word.removeprefix(prefix)
        found = _plain_unit(rest) if rest and rest != word else None
        if found is not None and found[0] != PLAIN:
            return found[0], found[1] * times
    return None
