"""Units of the expression language and their dimensions.

A number carries a dimension (money, people, months …) so that people are never compared with
money. Values are exact fractions of the base unit: fen 分 for money, one person, one month.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

Dimension = tuple[tuple[str, int], ...]
"""Sorted (base, exponent) pairs; the empty tuple is a plain number or a share."""

PLAIN: Dimension = ()
MONEY: Dimension = (("money", 1),)
MONTHS: Dimension = (("months", 1),)
DAYS: Dimension = (("days", 1),)
WORKDAYS: Dimension = (("workdays", 1),)


@dataclass(frozen=True)
class Unit:
    """One unit: how many base units it is, and the scale facts in it are stored at."""

    name: str
    dimension: Dimension
    factor: Fraction
    scale: int = 1
    """Stored integer = value in base units × scale."""


def _unit(name: str, base: str, factor: int = 1, scale: int = 1) -> Unit:
    return Unit(name, ((base, 1),) if base else PLAIN, Fraction(factor), scale)


UNITS: dict[str, Unit] = {
    unit.name: unit
    for unit in [
        _unit("元", "money", 100),
        _unit("万元", "money", 1_000_000),
        _unit("亿元", "money", 10_000_000_000),
        _unit("人", "people"),
        Unit("%", PLAIN, Fraction(1, 100), 1_000_000),
        _unit("年", "months", 12),
        _unit("个月", "months"),
        _unit("月", "months"),
        _unit("季度", "months", 3),
        _unit("天", "days"),
        _unit("日", "days"),
        _unit("工作日", "workdays"),
        _unit("个工作日", "workdays"),
        _unit("亩", "area", 1, 1000),
        _unit("吨", "mass", 1, 1000),
        _unit("千瓦时", "energy", 1, 1000),
        _unit("分", "score", 1, 100),
        Unit("倍", PLAIN, Fraction(1), 1000),
        *(_unit(name, "count") for name in "件项个次家户台名"),
    ]
}
PLAIN_UNIT = Unit("", PLAIN, Fraction(1), 1000)

_BASE_NAMES = {
    "money": "金额（元、万元、亿元）",
    "people": "人数（人）",
    "months": "期间（年、个月）",
    "days": "天数（天）",
    "workdays": "工作日",
    "area": "面积（亩）",
    "mass": "重量（吨）",
    "energy": "电量（千瓦时）",
    "score": "分数（分）",
    "count": "件数（件、项、个、次、家）",
}
_BASE_UNITS = {
    "money": "元",
    "people": "人",
    "months": "个月",
    "days": "天",
    "workdays": "个工作日",
    "area": "亩",
    "mass": "吨",
    "energy": "千瓦时",
    "score": "分",
    "count": "项",
}

QUANTITY = re.compile(
    r"(?P<number>[-+]?(?:\d{1,3}(?:,\d{3})+|\d[\d_]*)(?:\.\d+)?)\s*(?P<unit>%s)?(?:/(?P<per>%s))?"
    % (("|".join(sorted(map(re.escape, UNITS), key=len, reverse=True)),) * 2)
)


@dataclass(frozen=True)
class Quantity:
    """A number with its unit, e.g. ``300万元`` or ``1500元/人``; value in base units."""

    value: Fraction
    dimension: Dimension
    unit: str

    @property
    def is_bare(self) -> bool:
        return self.unit == ""


def parse_quantity(text: str) -> Quantity | None:
    """The quantity that ``text`` is as a whole, or None."""
    match = QUANTITY.fullmatch(text.strip())
    if match is None:
        return None
    unit = UNITS[match["unit"]] if match["unit"] else PLAIN_UNIT
    value = Fraction(Decimal(re.sub("[,_]", "", match["number"]))) * unit.factor
    dimension, name = unit.dimension, unit.name
    if match["per"]:
        per = UNITS[match["per"]]
        value, dimension = value / per.factor, divide(dimension, per.dimension)
        name = f"{name}/{per.name}"
    return Quantity(value, dimension, name)


def multiply(left: Dimension, right: Dimension, sign: int = 1) -> Dimension:
    exponents = dict(left)
    for base, exponent in right:
        exponents[base] = exponents.get(base, 0) + sign * exponent
    return tuple(sorted((base, exponent) for base, exponent in exponents.items() if exponent))


def divide(left: Dimension, right: Dimension) -> Dimension:
    return multiply(left, right, -1)


def describe(dimension: Dimension) -> str:
    """The dimension in words for an error message."""
    if not dimension:
        return "不带单位的数或百分比"
    over = [_BASE_NAMES[base] for base, exponent in dimension for _ in range(exponent)]
    under = [_BASE_NAMES[base] for base, exponent in dimension for _ in range(-exponent)]
    return "×".join(over or ["数"]) + "".join(f"每{name}" for name in under)


def example_unit(dimension: Dimension) -> str:
    """The unit a number of this dimension is usually written with."""
    over = [_BASE_UNITS[base] for base, exponent in dimension if exponent > 0]
    under = [_BASE_UNITS[base] for base, exponent in dimension if exponent < 0]
    return "/".join(["".join(over), *under])


def format_fraction(value: Fraction, places: int = 6) -> str:
    """Decimal text with thousand separators; a fraction that does not end is cut and marked ≈."""
    scaled = value * 10**places
    exact = scaled.denominator == 1
    whole = scaled.numerator // scaled.denominator if exact else round(scaled)
    sign, digits = ("-" if whole < 0 else ""), str(abs(whole)).rjust(places + 1, "0")
    integer, rest = digits[:-places], digits[-places:].rstrip("0")
    text = f"{sign}{int(integer):,}" + (f".{rest}" if rest else "")
    return text if exact else f"≈{text}"


def format_money(fen: Fraction | int) -> str:
    """Money in words people use: 元 below ten thousand, otherwise 万元 when that is shorter."""
    yuan = Fraction(fen) / 100
    if abs(yuan) >= 10_000 and (yuan / 10_000 * 100).denominator == 1:
        return f"{format_fraction(yuan / 10_000)}万元"
    return f"{format_fraction(yuan, 2)}元"


def format_value(value: Fraction, dimension: Dimension, unit: str | None = None) -> str:
    """A value of any dimension with its unit; months as 年 when whole."""
    if dimension == MONEY:
        return format_money(value)
    if dimension == PLAIN:
        return f"{format_fraction(value * 100)}%" if unit == "%" else format_fraction(value)
    if dimension == MONTHS and value.denominator == 1 and value and value % 12 == 0:
        return f"{format_fraction(value / 12)}年"
    rate = parse_quantity(f"1{unit}")
    if unit and rate is not None and rate.dimension == dimension:
        return f"{format_fraction(value / rate.value)}{unit}"
    if any(base == "money" for base, _ in dimension):
        value /= 100
    return f"{format_fraction(value)}{example_unit(dimension)}"
