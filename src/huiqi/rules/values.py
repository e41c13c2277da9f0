"""Fact values as people write them in files: ``300万元``, ``是``, ``2024-05-01``, ``[甲, 乙]``."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from huiqi.rules.errors import FactError
from huiqi.rules.suggestions import suggest
from huiqi.rules.units import describe, parse_quantity
from huiqi.rules.vocabulary import FactDefinition, Vocabulary

Facts = dict[str, int | None]
"""Stored integers by fact key; None or absent is unknown."""

TRUE_WORDS = {"是", "有", "true", "True"}
FALSE_WORDS = {"否", "无", "没有", "false", "False"}
_MOST_DIGITS = 30


def read_facts(raw: Mapping[str, Any], vocabulary: Vocabulary) -> Facts:
    """Facts by Chinese name or English key → stored integers.

    Plain numbers are in the fact's own unit (money in yuan). Text facts such as the name are
    left out. Raises FactError naming the fact and what would be right.
    """
    result: Facts = {}
    words: dict[str, str] = {}
    for word, value in raw.items():
        fact = vocabulary.find(word)
        if fact is None:
            raise FactError(f"没有“{word}”这个事实{suggest(word, vocabulary.names)}")
        if fact.model.derived:
            raise FactError(f"{fact.name}由系统推算，不能直接给出")
        if fact.key in words:
            raise FactError(f"“{words[fact.key]}”和“{word}”是同一个事实，请只写一个")
        words[fact.key] = word
        if fact.type != "text":
            result[fact.key] = read_value(fact, value)
    return result


def read_value(fact: FactDefinition, raw: Any) -> int | None:
    """One value → stored integer; None and empty text are unknown."""
    if raw is None or raw == "":
        return None
    if fact.type == "number":
        return fact.encode(_number(fact, raw))
    if fact.type == "date":
        return fact.encode(_date(fact, raw))
    if fact.type == "flag":
        return fact.encode(_flag(fact, raw))
    if fact.type == "set":
        members = raw if isinstance(raw, list) else str(raw).replace("；", "、").split("、")
        return fact.encode([str(member).strip() for member in members if str(member).strip()])
    return fact.encode(str(raw))


def _number(fact: FactDefinition, raw: Any) -> int | Decimal:
    if isinstance(raw, bool):
        raise FactError(f"{fact.name}应填数字（单位：{fact.unit.name or '无'}），却是 {raw}")
    if isinstance(raw, int):
        return raw
    if isinstance(raw, Decimal):
        # 1e999999999 is a short text: as an exact fraction it would fill the memory.
        if not raw.is_finite() or abs(raw.adjusted()) > _MOST_DIGITS:
            raise FactError(f"{fact.name}应填数字（单位：{fact.unit.name or '无'}），却是 {raw}")
        return raw
    quantity = parse_quantity(str(raw))
    if quantity is None:
        raise FactError(f"{fact.name}应填数字（单位：{fact.unit.name or '无'}），却是“{raw}”")
    if quantity.is_bare:
        return _decimal(quantity.value)
    if quantity.dimension != fact.unit.dimension:
        need = describe(fact.unit.dimension)
        raise FactError(f"{fact.name}应是{need}，却是“{raw}”（{describe(quantity.dimension)}）")
    return _decimal(quantity.value / fact.unit.factor)


def _decimal(value: Fraction) -> Decimal:
    return Decimal(value.numerator) / Decimal(value.denominator)


def _date(fact: FactDefinition, raw: Any) -> date:
    if isinstance(raw, datetime):
        return raw.date()
    if isinstance(raw, date):
        return raw
    try:
        return date.fromisoformat(str(raw))
    except ValueError as error:
        raise FactError(f"{fact.name}应填日期，如 2024-05-01，却是“{raw}”") from error


def _flag(fact: FactDefinition, raw: Any) -> bool:
    if isinstance(raw, bool):
        return raw
    if str(raw) in TRUE_WORDS:
        return True
    if str(raw) in FALSE_WORDS:
        return False
    raise FactError(f"{fact.name}应填 是 或 否，却是“{raw}”")
