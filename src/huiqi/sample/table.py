"""Synthetic firms as a table: Chinese headers and words for people, keys and types for Parquet."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from huiqi.rules.codes import CodeTree
from huiqi.rules.units import UNITS
from huiqi.rules.vocabulary import FactDefinition
from huiqi.sample.columns import CREDIT_CODE, NAME, Values
from huiqi.sample.generator import Block, Generator
from huiqi.sample.identity import Identity

NOTHING = "无"
_SEPARATOR = "、"
_MONEY_UNIT = "万元"


@dataclass(frozen=True)
class TableColumn:
    """One column: a fact and the unit its numbers are shown in."""

    fact: FactDefinition
    unit: str

    @property
    def key(self) -> str:
        return self.fact.key

    @property
    def header(self) -> str:
        return f"{self.fact.name}({self.unit})" if self.unit else self.fact.name

    @property
    def typed_header(self) -> str:
        """The key; a share says so, or a small one could be taken for a fraction."""
        return f"{self.key}(%)" if self.unit == "%" else self.key

    @property
    def divisor(self) -> float:
        """Stored units in 1 of a cell."""
        unit = UNITS[self.unit] if self.unit else self.fact.unit
        return float(unit.factor * self.fact.scale)


class SampleTable:
    """The columns of a sample, and its blocks as frames."""

    def __init__(self, generator: Generator) -> None:
        self.generator = generator
        self.columns = [TableColumn(fact, self._unit(fact)) for fact in generator.facts]
        self.identity = Identity(generator)
        codes = [column.fact for column in self.columns if column.fact.type == "code"]
        self._labels = {fact.key: _labels(fact) for fact in codes}
        """Words of codes by position, for columns with a closed list or a tree."""

    def shown(self, block: Block) -> pl.DataFrame:
        """The block as people fill in tables; one column a fact, under its header."""
        return self._frame(block, typed=False)

    def typed(self, block: Block) -> pl.DataFrame:
        """The block with typed columns named by key; money in yuan, codes as codes."""
        return self._frame(block, typed=True)

    def _unit(self, fact: FactDefinition) -> str:
        if fact.is_money:
            recipes = self.generator.assumptions.facts.facts.get(fact.key, [])
            return next((r.shown_in for r in recipes if r.shown_in), _MONEY_UNIT)
        return fact.unit.name if fact.type == "number" else ""

    def _frame(self, block: Block, *, typed: bool) -> pl.DataFrame:
        names, codes = self.identity.name_and_code(block)
        text = {NAME: names, CREDIT_CODE: codes}
        made = []
        for column in self.columns:
            values = block.facts.get(column.key)
            if values is None:
                series = text.get(column.key, pl.Series([None] * block.rows, dtype=pl.String))
            else:
                series = self._cells(column, values, typed=typed)
            made.append(series.alias(column.typed_header if typed else column.header))
        return pl.DataFrame(made)

    def _cells(self, column: TableColumn, values: Values, *, typed: bool) -> pl.Series:
        fact, stored = column.fact, values.stored
        if fact.type == "number":
            cells = _numbers(column, values, typed=typed)
        elif fact.type == "date":
            cells = pl.Series(stored).cast(pl.Int32).cast(pl.Date)
        elif fact.type == "flag":
            cells = pl.Series(stored == 1)
            if not typed:
                cells = pl.Series(["否", "是"]).gather(stored)
        elif fact.type == "set":
            cells = _sets(fact, values, typed=typed)
        elif typed and fact.code_tree is not None:
            cells = pl.Series(["", *fact.code_tree]).gather(np.where(values.known, stored, 0))
        else:
            cells = self._labels[fact.key].gather(np.where(values.known, stored, 0))
        hidden = pl.Series("hidden", ~values.known)
        return pl.select(pl.when(hidden).then(None).otherwise(cells)).to_series()


def _numbers(column: TableColumn, values: Values, *, typed: bool) -> pl.Series:
    fact = column.fact
    if fact.is_integer:
        return pl.Series(values.stored)
    divisor = float(fact.unit.factor * fact.scale) if typed else column.divisor
    return pl.Series(values.stored / divisor)


def _sets(fact: FactDefinition, values: Values, *, typed: bool) -> pl.Series:
    masks, place = np.unique(values.stored, return_inverse=True)
    members = [fact.decode(int(mask)) for mask in masks]
    if typed:
        return pl.Series(members, dtype=pl.List(pl.String)).gather(place)
    return pl.Series([_SEPARATOR.join(names) or NOTHING for names in members]).gather(place)


def _labels(fact: FactDefinition) -> pl.Series:
    tree = fact.code_tree
    if tree is None:
        return pl.Series(["", *fact.values])
    return pl.Series(["", *(tree.display(c) if tree.lettered else _area(tree, c) for c in tree)])


def _area(tree: CodeTree, code: str) -> str:
    """An area as people write it: county and township, where only one area can be meant."""
    name, parent = tree.name(code), tree.parent(code)
    full = tree.name(parent) + name if parent and tree.level(code) == "township" else name
    return full if tree.find(full) == code else code
