"""Stored values as round as people's books are: money in yuan or hundreds, shares in 0.1 %,
years whole."""

from __future__ import annotations

import numpy as np

from huiqi.rules.units import UNITS
from huiqi.rules.vocabulary import FactDefinition
from huiqi.sample.columns import Floats, Integers

_YUAN, _HUNDRED = 100, 10_000
_LARGE = 10_000_000  # 100,000 yuan in fen
_SHARE = UNITS["%"].scale // 1000
_EXACT = {"%": _SHARE, "分": UNITS["分"].scale // 10, "年": int(UNITS["年"].factor)}


def step(fact: FactDefinition, scaled: Floats) -> Floats:
    """The smallest difference between two values of this size."""
    if fact.is_money:
        return np.where(np.abs(scaled) >= _LARGE, _HUNDRED, _YUAN).astype(np.float64)
    return np.full(len(scaled), float(_EXACT.get(fact.unit.name, fact.scale)))


def rounded(fact: FactDefinition, scaled: Floats) -> Integers:
    """Whole steps, within the fact's bounds."""
    steps = step(fact, scaled)
    low, high = fact.bounds
    whole = np.rint(scaled / steps) * steps
    return np.clip(whole, low, high).astype(np.int64)
