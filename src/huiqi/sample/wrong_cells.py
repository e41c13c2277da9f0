"""Mistakes as people make them in workbooks: some can still be read, some cannot.

About three firms in a hundred get a cell that is wrong, and as many one that is awkward but can be
read. Parquet files hold typed columns, so they have none of either.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl

from huiqi.sample.columns import AREA, CREDIT_CODE, FOUNDED, INDUSTRY
from huiqi.sample.table import SampleTable, TableColumn
from huiqi.tables.credit_code import ALPHABET

SHARE = 0.03
Cell = str | int | float | date | None
Cells = Mapping[str, Any]
"""One firm's cells by header."""

_FULL_WIDTH = str.maketrans("0123456789.-", "０１２３４５６７８９．－")
_SECTIONS = "ABCDEFGHIJKLMNOPQRST"
_GROUPED_FROM = 1000
_NO_SUCH_PLACE = "无此县"
_WORDS = ("见附表", "约几百", "同上年", "待财务核对")
_DATE_FORMS = ("{0.year}年{0.month}月{0.day}日", "{0.year}/{0.month}/{0.day}", "{0:%Y%m%d}")


@dataclass(frozen=True)
class Patch:
    """A cell to be written instead of the right one."""

    row: int
    header: str
    value: Cell
    kind: str


_Mistake = Callable[[np.random.Generator, Cells, Cells], tuple[str, Cell] | None]
"""(random numbers, the firm's cells, those of the firm before) → header and what is written."""


class MistakeMaker:
    """Makes mistakes in the cells of one table."""

    def __init__(self, table: SampleTable, as_of: date) -> None:
        self.as_of = as_of
        self.header = {column.key: column.header for column in table.columns}
        self.money = [c for c in table.columns if c.fact.is_money]
        self.people = [c for c in table.columns if c.fact.unit.name == "人"]
        self.wrong: dict[str, _Mistake] = {
            "check_digit": self._check_digit,
            "text_in_number": self._text_in_number,
            "negative_people": self._negative_people,
            "unknown_area": self._unknown_area,
            "future_date": self._future_date,
            "duplicate_code": self._duplicate_code,
        }
        self.awkward: dict[str, _Mistake] = {
            "unit_in_cell": self._unit_in_cell,
            "full_width": self._full_width,
            "thousands": self._thousands,
            "lost_zero": self._lost_zero,
            "date_as_text": self._date_as_text,
        }

    @property
    def kinds(self) -> tuple[str, ...]:
        return (*self.wrong, *self.awkward)

    def patches(self, rng: np.random.Generator, frame: pl.DataFrame) -> list[Patch]:
        """Wrong and awkward cells for a share of the rows, at most one of each a row."""
        return [
            patch
            for kinds in (self.wrong, self.awkward)
            for row in np.flatnonzero(rng.random(frame.height) < SHARE)
            for patch in self._any(rng, frame, int(row), list(kinds))
        ]

    def make(
        self, kind: str, rng: np.random.Generator, frame: pl.DataFrame, row: int
    ) -> Patch | None:
        """One mistake of a kind in a row; None where the row has no cell for it."""
        cells = frame.row(row, named=True)
        before = frame.row(row - 1, named=True) if row else {}
        made = (self.wrong | self.awkward)[kind](rng, cells, before)
        return None if made is None else Patch(row, *made, kind)

    def _any(
        self, rng: np.random.Generator, frame: pl.DataFrame, row: int, kinds: list[str]
    ) -> Iterator[Patch]:
        for place in rng.permutation(len(kinds)):
            patch = self.make(kinds[place], rng, frame, row)
            if patch is not None:
                yield patch
                return

    @staticmethod
    def _filled(
        rng: np.random.Generator, cells: Cells, columns: list[TableColumn], least: float = 0
    ) -> tuple[TableColumn, float] | None:
        """A column with a number over ``least`` in the row, and that number."""
        for place in rng.permutation(len(columns)):
            value = cells[columns[place].header]
            if value is not None and value > least:
                return columns[place], value
        return None

    # --- wrong -------------------------------------------------------------------------------

    def _check_digit(
        self, rng: np.random.Generator, cells: Cells, _: Cells
    ) -> tuple[str, Cell] | None:
        header = self.header[CREDIT_CODE]
        code = cells[header]
        other = ALPHABET[(ALPHABET.index(code[-1]) + int(rng.integers(1, 31))) % len(ALPHABET)]
        return header, code[:-1] + other

    def _text_in_number(
        self, rng: np.random.Generator, cells: Cells, _: Cells
    ) -> tuple[str, Cell] | None:
        found = self._filled(rng, cells, self.money + self.people)
        return found and (found[0].header, _WORDS[int(rng.integers(len(_WORDS)))])

    def _negative_people(
        self, rng: np.random.Generator, cells: Cells, _: Cells
    ) -> tuple[str, Cell] | None:
        found = self._filled(rng, cells, self.people)
        return found and (found[0].header, -found[1])

    def _unknown_area(
        self, _: np.random.Generator, __: Cells, ___: Cells
    ) -> tuple[str, Cell] | None:
        return self.header[AREA], _NO_SUCH_PLACE

    def _future_date(
        self, rng: np.random.Generator, _: Cells, __: Cells
    ) -> tuple[str, Cell] | None:
        return self.header[FOUNDED], self.as_of + timedelta(days=int(rng.integers(30, 3000)))

    def _duplicate_code(
        self, _: np.random.Generator, __: Cells, before: Cells
    ) -> tuple[str, Cell] | None:
        header = self.header[CREDIT_CODE]
        return (header, before[header]) if before else None

    # --- awkward, but readable ---------------------------------------------------------------

    def _unit_in_cell(
        self, rng: np.random.Generator, cells: Cells, _: Cells
    ) -> tuple[str, Cell] | None:
        found = self._filled(rng, cells, self.money)
        return found and (found[0].header, f"{_plain(found[1])}{found[0].unit}")

    def _full_width(
        self, rng: np.random.Generator, cells: Cells, _: Cells
    ) -> tuple[str, Cell] | None:
        found = self._filled(rng, cells, self.money + self.people)
        return found and (found[0].header, _plain(found[1]).translate(_FULL_WIDTH))

    def _thousands(
        self, rng: np.random.Generator, cells: Cells, _: Cells
    ) -> tuple[str, Cell] | None:
        found = self._filled(rng, cells, self.money, _GROUPED_FROM)
        if found is None:
            return None
        whole, _point, part = _plain(found[1]).partition(".")
        return found[0].header, f"{int(whole):,}" + (f".{part}" if part else "")

    def _lost_zero(
        self, _: np.random.Generator, cells: Cells, __: Cells
    ) -> tuple[str, Cell] | None:
        header = self.header[INDUSTRY]
        digits = (cells[header] or "").lstrip(_SECTIONS)
        return (header, int(digits)) if digits.startswith("0") else None

    def _date_as_text(
        self, rng: np.random.Generator, cells: Cells, _: Cells
    ) -> tuple[str, Cell] | None:
        header = self.header[FOUNDED]
        if cells[header] is None:
            return None
        return header, _DATE_FORMS[int(rng.integers(len(_DATE_FORMS)))].format(cells[header])


def _plain(number: float) -> str:
    """A number as it is typed: no exponent, no empty decimals."""
    text = f"{number:.6f}"
    return text.rstrip("0").rstrip(".")
