"""``where`` of a recipe: which firms it is for."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from huiqi.rules.errors import ExpressionError
from huiqi.rules.units import DAYS, parse_quantity
from huiqi.rules.vocabulary import FactDefinition
from huiqi.sample.columns import Flags, Integers, Values

Frame = Mapping[str, Values]
RowTest = Callable[[Frame], Flags]

SOME, NONE = "有", "无"
_AT_LEAST, _BELOW = "满", "不满"
_FLAGS = {"是": 1, "否": 0}


def row_test(fact: FactDefinition, words: list[str], as_of: int) -> RowTest:
    """Whether a fact, being known, is one of these. Raises ExpressionError."""
    holds = _test(fact, words, as_of)
    key = fact.key

    def test(frame: Frame) -> Flags:
        values = frame[key]
        return values.known & holds(values.stored)

    return test


def _test(fact: FactDefinition, words: list[str], as_of: int) -> Callable[[Integers], Flags]:
    if fact.type in ("number", "date"):
        if len(words) != 1:
            raise ExpressionError(f"{fact.name}只能写一个条件")
        return _number_test(fact, words[0], as_of)
    if fact.type == "set":
        mask = fact.encode(words)
        return lambda stored: (stored & mask) != 0
    if fact.type == "flag":
        wanted = [_flag(fact, word) for word in words]
        return lambda stored: np.isin(stored, wanted)
    if fact.code_tree is not None:
        return _tree_test(fact, words)
    positions = [fact.encode(word) for word in words]
    return lambda stored: np.isin(stored, positions)


def _flag(fact: FactDefinition, word: str) -> int:
    if word not in _FLAGS:
        raise ExpressionError(f"{fact.name}应写 是 或 否，却是“{word}”")
    return _FLAGS[word]


def _tree_test(fact: FactDefinition, words: list[str]) -> Callable[[Integers], Flags]:
    tree = fact.code_tree
    assert tree is not None
    inside = np.zeros(len(tree) + 1, dtype=bool)
    for word in words:
        code = tree.find(word)
        if code is None:
            raise ExpressionError(f"{fact.name}“{word}”不在代码表中")
        low, high = tree.span(code)
        inside[low : high + 1] = True
    return lambda stored: inside[stored]


def _number_test(fact: FactDefinition, word: str, as_of: int) -> Callable[[Integers], Flags]:
    """有, 无, 满 and 不满 an amount; of a date, so many days before the day of the sample."""
    if word == SOME:
        return lambda stored: np.full(len(stored), True) if fact.type == "date" else stored > 0
    if word == NONE:
        return lambda stored: stored == 0
    below = word.startswith(_BELOW)
    amount = word.removeprefix(_BELOW if below else _AT_LEAST)
    quantity = parse_quantity(amount)
    dimension = DAYS if fact.type == "date" else fact.unit.dimension
    if amount == word or quantity is None or quantity.dimension != dimension:
        raise ExpressionError(f"{fact.name}的条件应写作 有、无、满… 或 不满…，却是“{word}”")
    bound = int(quantity.value * (1 if fact.type == "date" else fact.scale))

    def reaches(stored: Integers) -> Flags:
        value = as_of - stored if fact.type == "date" else stored
        return value < bound if below else value >= bound

    return reaches
