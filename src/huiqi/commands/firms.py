"""Firms from an input file, in chunks, with what their credit code tells filled in."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import polars as pl

from huiqi.commands.console import Progress
from huiqi.commands.outcome import Failed
from huiqi.rules.jurisdiction import Jurisdiction
from huiqi.rules.registration import ENTITY_TYPE
from huiqi.tables import EnterpriseTable, read_enterprises

CODE, NAME = "credit_code", "name"
_SHOWN_PROBLEMS = 5
FIRMS_AT_A_TIME = 4_096
"""Every policy's answers and texts for so many firms are in memory at once."""


class Firms:
    """An input file of firms; iterate ``frames`` once, then look at ``problems``."""

    def __init__(self, path: str, jurisdiction: Jurisdiction, on: date, title: str) -> None:
        file = Path(path)
        if not file.is_file():
            raise Failed(f"没有 {path} 这个文件")
        self.jurisdiction = jurisdiction
        self.title = title
        self.table: EnterpriseTable = read_enterprises(file, jurisdiction.vocabulary, on=on)
        self.count = 0

    def frames(self) -> Iterator[pl.DataFrame]:
        """Chunks of stored integers (one column a fact) with ``row``, ``credit_code``, ``name``."""
        with Progress(self.title) as progress:
            for chunk in self.table.chunks():
                for frame in chunk.iter_slices(FIRMS_AT_A_TIME):
                    yield self._with_entity_type(frame)
                    self.count += frame.height
                    progress.rows(self.count, self.table.total_rows)

    def _with_entity_type(self, chunk: pl.DataFrame) -> pl.DataFrame:
        if CODE not in chunk.columns:
            return chunk
        kinds = self.jurisdiction.registration_kinds.by_prefix
        told = (
            pl.col(CODE)
            .str.slice(0, 2)
            .replace_strict(dict(kinds), default=None, return_dtype=pl.Int64)
        )
        given = pl.col(ENTITY_TYPE) if ENTITY_TYPE in chunk.columns else pl.lit(None, pl.Int64)
        return chunk.with_columns(pl.coalesce(given, told).alias(ENTITY_TYPE))

    def report(self, all_in: str) -> None:
        """Say on the terminal what was wrong with the input, and where all of it can be read.

        Raises Failed when no row is left.
        """
        problems = self.table.problems
        for problem in problems[:_SHOWN_PROBLEMS]:
            place = f"第 {problem.row} 行 {problem.column}" if problem.row else problem.column
            print(f"{place}：{problem.message}；{problem.advice}", file=sys.stderr)
        total = self.table.problem_count
        if total > _SHOWN_PROBLEMS:
            print(f"……共 {total} 处填报问题，全部见{all_in}", file=sys.stderr)
        if self.table.ignored_columns:
            names = "、".join(self.table.ignored_columns)
            print(f"没有用到的列：{names}", file=sys.stderr)
        if self.count == 0:
            wrong = "请按上面的提示改正后再试" if total else "表里只有表头，没有企业"
            raise Failed(f"没有一行可用：{wrong}")


def text_column(frame: pl.DataFrame, key: str) -> pl.Series:
    """A text column of the input; empty where absent or unknown."""
    if key not in frame.columns:
        return pl.Series(key, [""] * frame.height, dtype=pl.String)
    return frame[key].fill_null("")
