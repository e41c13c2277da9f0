"""A sample as a file: .xlsx with a sheet that says what it is, .csv, or .parquet with types.

Written beside its place and moved there when complete: never half a file. The common writer of
workbooks has typed columns; a sample has cells of the wrong kind, and comes out the same byte for
byte.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Protocol

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from huiqi.sample.columns import AREA, CREDIT_CODE, NAME
from huiqi.sample.generator import Block
from huiqi.sample.table import SampleTable, TableColumn
from huiqi.sample.wrong_cells import Patch
from huiqi.tables import Column, open_writer
from huiqi.tables.errors import Unwritable, reason
from huiqi.tables.workbook_writing import HEADER_FORMAT, HEADER_HEIGHT, RowBook
from huiqi.tables.writing import check_place

DECLARATION = "合成数据，不含任何真实企业"
SHEET, NOTES_SHEET = "企业", "说明"
MOST_EXCEL_ROWS = 1_048_576
_MADE_ON = datetime(2026, 1, 1)  # noqa: DTZ001 - fixed, so that the same sample is the same file
_WIDE = {CREDIT_CODE: 22.0, NAME: 36.0, AREA: 22.0}
_ROWS = 1000  # rows turned into Python values at a time


@dataclass(frozen=True)
class About:
    """What the file says of itself."""

    title: str
    lines: list[tuple[str, str]]


class SampleWriter(Protocol):
    """Takes blocks of firms, one after the other."""

    def write(self, block: Block, patches: list[Patch]) -> None:
        """Write a block, some cells of it replaced."""

    def close(self) -> None:
        """Finish the file."""

    def discard(self) -> None:
        """Let go of the file unfinished."""


@contextmanager
def open_sample(path: Path, table: SampleTable, about: About) -> Iterator[SampleWriter]:
    """A writer for the file's suffix. Raises Unwritable."""
    check_place(path, WRITERS)
    unfinished = path.with_name(f".{path.stem[:100]}.{os.getpid()}{path.suffix}")
    try:
        writer = WRITERS[path.suffix.lower()](unfinished, table, about)
        try:
            yield writer
        except BaseException:
            writer.discard()
            raise
        writer.close()
        unfinished.replace(path)
    except OSError as error:
        message = f"不能写 {path}：{reason(error)}"
        raise Unwritable(message, "检查文件夹、磁盘空间，以及文件是否正被打开") from error
    finally:
        unfinished.unlink(missing_ok=True)


class _Workbook:
    def __init__(self, path: Path, table: SampleTable, about: About) -> None:
        self.table, self.about, self.row = table, about, 0
        self.rows = RowBook(path)
        self.book = self.rows.book
        self.book.set_properties(
            {
                "title": about.title,
                "subject": DECLARATION,
                "comments": DECLARATION,
                "keywords": DECLARATION,
                "created": _MADE_ON,
            }
        )
        self.head = self.book.add_format(HEADER_FORMAT)
        self.day = self.book.add_format({"num_format": "yyyy-mm-dd"})
        self.sheet = self.book.add_worksheet(SHEET)
        self.sheet.freeze_panes(1, 2)  # header, code and name stay in sight
        self.sheet.set_row(0, HEADER_HEIGHT)
        for index, column in enumerate(table.columns):
            self.sheet.set_column(index, index, _width(column))
            self.sheet.write_string(0, index, column.header, self.head)

    def write(self, block: Block, patches: list[Patch]) -> None:
        frame = self.table.shown(block)
        places = {header: index for index, header in enumerate(frame.columns)}
        replaced = {(patch.row, places[patch.header]): patch.value for patch in patches}
        for start in range(0, frame.height, _ROWS):
            for number, cells in enumerate(frame.slice(start, _ROWS).iter_rows(), start):
                self.row += 1
                for index, cell in enumerate(cells):
                    self._cell(index, replaced.get((number, index), cell))

    def _cell(self, index: int, value: Any) -> None:
        if value is None:
            return
        if isinstance(value, str):
            self.sheet.write_string(self.row, index, value)
        elif isinstance(value, date):
            moment = datetime(value.year, value.month, value.day)  # noqa: DTZ001 - Excel has none
            self.sheet.write_datetime(self.row, index, moment, self.day)
        else:
            self.sheet.write_number(self.row, index, value)

    def close(self) -> None:
        notes = self.book.add_worksheet(NOTES_SHEET)
        notes.set_column(0, 0, 16)
        notes.set_column(1, 1, 90)
        wrapped = self.book.add_format({"text_wrap": True, "valign": "top"})
        for row, (word, text) in enumerate([("重要", DECLARATION), *self.about.lines]):
            notes.write_string(row, 0, word, self.head)
            notes.write_string(row, 1, text, wrapped)
        if self.row:
            self.sheet.autofilter(0, 0, self.row, len(self.table.columns) - 1)
        self.rows.close()

    def discard(self) -> None:
        self.rows.discard()


def _width(column: TableColumn) -> float:
    """Wide enough for the header in two lines; a Chinese character is as wide as two letters."""
    if column.key in _WIDE:
        return _WIDE[column.key]
    return max(12, min(24, len(column.header) + 4))


class _Csv:
    """Text cells through the common writer, which keeps formulas out."""

    def __init__(self, path: Path, table: SampleTable, _: About) -> None:
        self.table, self.file = table, open_writer(path)
        self.sheet = self.file.sheet(SHEET, [Column(column.header) for column in table.columns])

    def write(self, block: Block, patches: list[Patch]) -> None:
        frame = self.table.shown(block)
        frame = frame.with_columns(
            pl.all().exclude(pl.Float64).cast(pl.String),
            pl.col(pl.Float64).cast(pl.String).str.strip_suffix(".0"),
        )
        for header in sorted({patch.header for patch in patches}):
            column = frame[header].to_list()
            for patch in patches:
                if patch.header == header:
                    column[patch.row] = str(patch.value)
            frame = frame.with_columns(pl.Series(header, column, dtype=pl.String))
        self.sheet.write(frame)

    def close(self) -> None:
        self.file.close()

    def discard(self) -> None:
        self.file.discard()


class _Parquet:
    def __init__(self, path: Path, table: SampleTable, about: About) -> None:
        self.table, self.path = table, path
        self.metadata = {"title": about.title, "comment": DECLARATION}
        self.writer: Any = None

    def write(self, block: Block, _: list[Patch]) -> None:
        data: pa.Table = self.table.typed(block).to_arrow()
        if self.writer is None:
            schema = data.schema.with_metadata(self.metadata)
            self.writer = pq.ParquetWriter(self.path, schema, compression="zstd")
        self.writer.write_table(data.cast(self.writer.schema))

    def close(self) -> None:
        self.writer.close()

    def discard(self) -> None:
        if self.writer is not None:
            self.writer.close()


WRITERS: dict[str, Callable[[Path, SampleTable, About], SampleWriter]] = {
    ".xlsx": _Workbook,
    ".csv": _Csv,
    ".parquet": _Parquet,
}
