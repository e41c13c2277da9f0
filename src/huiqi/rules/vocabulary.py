"""The vocabulary of facts 事实: everything a rule may ask about an enterprise.

Files ``vocabulary/*.yaml`` of a jurisdiction declare each fact's Chinese name (used in rules),
English key, type, unit, period, sources, question and legal definition. Inside the engine a
fact is one integer or None (unknown):

========  =======================================================================
type      stored integer
========  =======================================================================
number    value in base units × scale (money in fen 分, shares in millionths)
date      days since 1970-01-01
flag      0 or 1
code      position in ``values`` from 1, or preorder position in the tree from 1
set       bit mask over ``values``
========  =======================================================================
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from huiqi.rules.codes import CodeTree
from huiqi.rules.dates import from_days, to_days
from huiqi.rules.errors import FactError
from huiqi.rules.suggestions import suggest
from huiqi.rules.units import MONEY, PLAIN_UNIT, UNITS, Unit, format_value

FactType = Literal["number", "date", "flag", "code", "set", "text"]
Period = Literal["moment", "month", "quarter", "year"]
Confidence = Literal["verified", "high", "medium", "low"]
Source = Literal[
    "declared",
    "tax",
    "market_regulation",
    "social_insurance",
    "statistics",
    "bank",
    "customs",
    "court",
    "official",
    "science",
    "qualification",
]
Value = int | Decimal | bool | str | date | Iterable[str]

DATE_BOUNDS = (to_days(date(1900, 1, 1)), to_days(date(2199, 12, 31)))
_DEFAULT_MAX = {"元": 10**12, "人": 10**7, "%": 1_000_000}


class FactModel(BaseModel):
    """One entry of a vocabulary file."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(pattern=r"^[\u4e00-\u9fffⅠ-Ⅻ][\u4e00-\u9fffA-Za-z0-9Ⅰ-Ⅻ]*$")
    key: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    type: FactType
    unit: str | None = None
    period: Period
    sources: list[Source] = Field(min_length=1)
    question: str
    definition: str
    basis: str | None = None
    source: str
    confidence: Confidence
    aliases: list[str] = []
    min: int | Decimal | None = None
    max: int | Decimal | None = None
    changeable: bool | Literal["up", "down"] = True
    """Whether a firm can change it, and in which direction it makes sense to advise so."""

    values: list[str] = []
    tree: Literal["industry", "area"] | None = None
    derived: str | None = None
    wish: str | None = None
    wish_true: str | None = None
    wish_false: str | None = None

    @model_validator(mode="after")
    def _complete(self) -> FactModel:
        if self.unit is not None and self.unit not in UNITS:
            raise ValueError(f"没有“{self.unit}”这个单位{suggest(self.unit, UNITS)}")
        if self.type == "set" and not self.values:
            raise ValueError("一组值（set）要在 values 里列出可选的值")
        if self.type == "code" and bool(self.values) == bool(self.tree):
            raise ValueError("分类（code）要么列出 values，要么写明 tree")
        if self.derived and self.derived != "size" and self.type not in ("number", "flag"):
            raise ValueError("只有数（number）和是否（flag）可以写 derived 推算式")
        return self


class VocabularyModel(BaseModel):
    """A vocabulary file: the facts of one topic."""

    model_config = ConfigDict(extra="forbid")

    topic: str
    facts: list[FactModel] = Field(min_length=1)


@dataclass(frozen=True, eq=False)
class FactDefinition:
    """One fact, ready for use. See the module's table for the stored form.

    It says what may be asked; in the integer graph ``ir.Fact`` stands for the value itself.
    """

    model: FactModel
    topic: str
    code_tree: CodeTree | None = None
    position: int = 0
    """Order in the vocabulary; breaks ties between questions."""

    key: str = field(init=False)
    name: str = field(init=False)
    type: FactType = field(init=False)
    unit: Unit = field(init=False)
    bounds: tuple[int, int] = field(init=False)

    def __post_init__(self) -> None:
        model = self.model
        unit = UNITS[model.unit] if model.unit else PLAIN_UNIT
        for name, value in (("key", model.key), ("name", model.name), ("type", model.type)):
            object.__setattr__(self, name, value)
        object.__setattr__(self, "unit", unit)
        object.__setattr__(self, "bounds", self._bounds())

    def _bounds(self) -> tuple[int, int]:
        if self.type == "number":
            low = self.model.min if self.model.min is not None else 0
            high = self.model.max
            if high is None:
                high = _DEFAULT_MAX.get(self.model.unit or "", 10**9)
            return self._scaled(Fraction(low)), self._scaled(Fraction(high))
        if self.type == "date":
            return DATE_BOUNDS
        if self.type == "set":
            return 0, (1 << len(self.values)) - 1
        if self.type == "code":
            return 1, len(self.code_tree) if self.code_tree else len(self.values)
        return 0, 1

    @property
    def values(self) -> tuple[str, ...]:
        return tuple(self.model.values)

    @property
    def scale(self) -> int:
        """Stored integer = value in base units × scale."""
        return self.unit.scale

    @property
    def is_money(self) -> bool:
        return self.type == "number" and self.unit.dimension == MONEY

    @property
    def is_integer(self) -> bool:
        """Whether only whole units make sense (people, pieces, months, days)."""
        return self.type == "number" and self.unit.factor * self.scale == 1

    def _scaled(self, in_unit: Fraction) -> int:
        return round(in_unit * self.unit.factor * self.scale)

    def encode(self, value: Value) -> int:
        """The stored integer of a value given in the fact's own unit.

        Numbers: int or Decimal in ``unit``. Raises FactError in words for people.
        """
        if self.type == "number":
            return self._encode_number(value)
        if self.type == "date":
            return self._encode_date(value)
        if self.type == "flag":
            if isinstance(value, bool):
                return int(value)
            raise FactError(f"{self.name}应填 是 或 否")
        if self.type == "code":
            return self._encode_code(value)
        if self.type == "set":
            return self._encode_set(value)
        raise FactError(f"{self.name}是文字，不参与计算")

    def _encode_number(self, value: Value) -> int:
        if isinstance(value, bool) or not isinstance(value, int | Decimal):
            raise FactError(f"{self.name}应填数字（单位：{self.unit.name or '无'}）")
        scaled = Fraction(value) * self.unit.factor * self.scale
        if self.is_integer and scaled.denominator != 1:
            raise FactError(f"{self.name}应为整数（单位：{self.unit.name}）")
        result = int((2 * scaled + 1) // 2)  # half up to the smallest stored unit
        low, high = self.bounds
        if not low <= result <= high:
            raise FactError(f"{self.name}应在 {self.show(low)} 至 {self.show(high)} 之间")
        return result

    def _encode_date(self, value: Value) -> int:
        if not isinstance(value, date):
            raise FactError(f"{self.name}应填日期，如 2024-05-01")
        days = to_days(value)
        if not DATE_BOUNDS[0] <= days <= DATE_BOUNDS[1]:
            raise FactError(f"{self.name}的年份应在 1900 至 2199 之间")
        return days

    def _encode_code(self, value: Value) -> int:
        text = str(value)
        if self.code_tree is not None:
            code = self.code_tree.find(text)
            if code is None:
                raise FactError(f"{self.name}“{text}”不在代码表中，或有多个同名的，请填代码")
            return self.code_tree.index(code)
        if text not in self.values:
            raise FactError(f"{self.name}只能是：{'、'.join(self.values)}")
        return self.values.index(text) + 1

    def _encode_set(self, value: Value) -> int:
        if isinstance(value, str) or not isinstance(value, Iterable):
            raise FactError(f"{self.name}应为一组值，从下列中选：{'、'.join(self.values)}")
        mask = 0
        for member in value:
            if member not in self.values:
                raise FactError(f"{self.name}中的“{member}”不认识，可选：{'、'.join(self.values)}")
            mask |= 1 << self.values.index(member)
        return mask

    def decode(self, stored: int) -> Any:
        """The value in the fact's own unit: Fraction, date, bool, code text or list of members."""
        if self.type == "number":
            return Fraction(stored, self.scale) / self.unit.factor
        if self.type == "date":
            return from_days(stored)
        if self.type == "flag":
            return bool(stored)
        if self.type == "set":
            return [name for bit, name in enumerate(self.values) if stored >> bit & 1]
        return self.code_tree.code(stored) if self.code_tree else self.values[stored - 1]

    def show(self, stored: int | None) -> str:
        """The value in words, with its unit."""
        if stored is None:
            return "未知"
        if self.type == "number":
            return format_value(Fraction(stored, self.scale), self.unit.dimension, self.unit.name)
        value = self.decode(stored)
        if self.type == "date":
            return str(value.isoformat())
        if self.type == "flag":
            return "是" if value else "否"
        if self.type == "set":
            return "、".join(value) or "无"
        if self.code_tree:
            return f"{self.code_tree.display(value)} {self.code_tree.name(value)}"
        return str(value)


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """All facts of a jurisdiction, by key; found by name, key or alias."""

    facts: Mapping[str, FactDefinition]
    trees: Mapping[str, CodeTree]
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Named groups of areas and aliases such as 本州: name → codes of the area tree."""

    _index: dict[str, FactDefinition] = field(init=False)

    def __post_init__(self) -> None:
        index: dict[str, FactDefinition] = {}
        for fact in self.facts.values():
            for word in (fact.key, fact.name, *fact.model.aliases):
                index.setdefault(word, fact)
        object.__setattr__(self, "_index", index)

    def find(self, word: str) -> FactDefinition | None:
        """The fact with this Chinese name, English key or alias."""
        return self._index.get(word)

    def __getitem__(self, key: str) -> FactDefinition:
        return self.facts[key]

    @property
    def names(self) -> list[str]:
        return [fact.name for fact in self.facts.values()]
