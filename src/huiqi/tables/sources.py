"""Rows of a table in one shape, whatever the file: ``row`` and the recognised cells.

A frame has the row number as Excel shows it and one column ``c<index>`` for each recognised column
of the file: text from workbooks and CSV, typed from Parquet.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Protocol

import polars as pl

from huiqi.tables.csv_text import CsvFile
from huiqi.tables.errors import Unreadable
from huiqi.tables.formats import Format, Stamp
from huiqi.tables.headers import Header, HeaderReader
from huiqi.tables.parquet import ParquetTable
from huiqi.tables.problems import Note
from huiqi.tables.workbook import SheetRows, Workbook
from huiqi.tables.zip_guard import check_workbook

RefuseRow = Callable[[int, Note, str], None]
_CSV_ROWS = 8_192
_PARQUET_ROWS = 16_384


class RowSource(Protocol):
    """An opened table."""

    sheet: str
    others: tuple[str, ...]
    header: Header
    from_1904: bool
    untitled: set[int]
    """Columns with content but no header, as far as seen in the rows read."""

    def count(self, mark: Stamp) -> int | None:
        """Number of rows, exact or at most."""

    def frames(self, refuse: RefuseRow) -> Iterator[pl.DataFrame]:
        """The rows; those that do not fit the columns go to ``refuse``."""


def open_workbook(
    path: Path, form: Format, reader: HeaderReader, sheet: str | None, folder: Path
) -> RowSource:
    """The named sheet, or the first visible one with a header. Raises Unreadable."""
    if form == "xlsx":
        check_workbook(path)
    with Workbook(path, form, folder) as workbook:
        names = [name for name, _ in workbook.sheets]
        if sheet is not None and sheet not in names:
            raise Unreadable(f"没有工作表“{sheet}”", f"工作簿里有：{'、'.join(names)}")
        wanted = [
            index
            for index, (name, visible) in enumerate(workbook.sheets)
            if (name == sheet if sheet is not None else visible)
        ]
        failure = Unreadable("工作簿里没有可见的工作表", "取消隐藏后再导入")
        for place, index in enumerate(wanted):
            rows = workbook.sheet(index)
            try:
                header = reader.require(rows.first, f"工作表“{rows.name}”")
            except Unreadable as error:
                if reader.find(rows.first):
                    raise
                failure = error if place == 0 else failure
                rows.path.unlink()
                continue
            others = tuple(name for name in names if name != rows.name)
            unread = [
                names[later]
                for later in wanted[place + 1 :]
                if reader.find(workbook.first_rows(later))
            ]
            header = replace(header, remarks=(*header.remarks, *_about_unread(unread)))
            return SheetSource(rows, header, others, from_1904=workbook.from_1904)
        raise _no_header(failure, [names[index] for index in wanted])


def _no_header(failure: Unreadable, tried: Sequence[str]) -> Unreadable:
    if len(tried) < 2:
        return failure
    return Unreadable(f"{failure.message}；也看过：{'、'.join(tried[1:])}", failure.advice)


def _about_unread(sheets: Sequence[str]) -> Iterator[tuple[None, str, Note]]:
    for name in sheets:
        yield (
            None,
            "",
            Note.warning(
                "sheet_not_read",
                f"工作表“{name}”也像是企业表，没有读取：一次只读一个工作表",
                "把各表的企业放到同一个工作表，或者分成几个文件",
            ),
        )


class SheetSource:
    """A worksheet whose cells the parsing process has written out."""

    def __init__(
        self, rows: SheetRows, header: Header, others: tuple[str, ...], *, from_1904: bool
    ) -> None:
        self._rows = rows
        self.sheet = rows.name
        self.others = others
        self.header = replace(header, remarks=(*header.remarks, *_about_merged(rows, header)))
        self.from_1904 = from_1904
        self.untitled: set[int] = set()

    def count(self, mark: Stamp) -> int | None:  # noqa: ARG002 - known without it
        return self._rows.rows - self.header.row

    def frames(self, refuse: RefuseRow) -> Iterator[pl.DataFrame]:  # noqa: ARG002 - all rows fit
        first = 1
        for columns in self._rows.blocks():
            skipped = max(0, self.header.row + 1 - first)
            below = [cells[skipped:] for cells in columns]
            self.untitled |= _untitled(below, self.header)
            yield _frame(below, self.header, first + skipped)
            first += len(columns[0])


class CsvSource:
    """A text table."""

    def __init__(self, path: Path, reader: HeaderReader) -> None:
        self._file = CsvFile(path, reader)
        self.sheet = ""
        self.others: tuple[str, ...] = ()
        self.header = self._file.header
        self.from_1904 = False
        self.untitled: set[int] = set()

    def count(self, mark: Stamp) -> int | None:
        return max(0, mark.lines + 1 - self.header.row)

    def frames(self, refuse: RefuseRow) -> Iterator[pl.DataFrame]:
        width, first = self.header.width, self.header.row + 1
        for block in self._file.blocks(_CSV_ROWS):
            rows = [_fitted(row, width, first + place, refuse) for place, row in enumerate(block)]
            columns = list(zip(*rows, strict=True))
            self.untitled |= _untitled(columns, self.header)
            yield _frame(columns, self.header, first)
            first += len(block)


class ParquetSource:
    """A Parquet file; rows are numbered from 1, there being no header row in it."""

    def __init__(self, path: Path, reader: HeaderReader) -> None:
        self._table = ParquetTable(path, reader)
        self.sheet = ""
        self.others: tuple[str, ...] = ()
        self.header = self._table.header
        self.from_1904 = False
        self.untitled: set[int] = set()

    def count(self, mark: Stamp) -> int | None:  # noqa: ARG002 - the file says it
        return self._table.rows

    def frames(self, refuse: RefuseRow) -> Iterator[pl.DataFrame]:  # noqa: ARG002 - all rows fit
        first = 1
        for frame in self._table.batches(_PARQUET_ROWS):
            numbers = pl.int_range(first, first + frame.height, eager=True)
            first += frame.height
            yield frame.select(numbers.alias("row"), pl.all())


def _about_merged(rows: SheetRows, header: Header) -> Iterator[tuple[int, str, Note]]:
    """Only the first cell of a merged one holds the value; what the others mean is not guessed."""
    letters = {column.index: column.letter for column in header.columns}
    for top, left, bottom in rows.merged:
        if left in letters and top >= header.row:
            note = Note.warning(
                "merged_cells",
                f"{letters[left]}{top + 1}:{letters[left]}{bottom + 1} 是合并单元格，"
                f"只有第 {top + 1} 行有值，下面各行按未知处理",
                "取消合并，每行都填写",
            )
            yield top + 1, letters[left], note


def _fitted(row: list[str], width: int, number: int, refuse: RefuseRow) -> list[str]:
    """Exactly ``width`` cells; more content than headers means that columns have shifted."""
    if len(row) <= width:
        return row + [""] * (width - len(row))
    if any(cell.strip() for cell in row[width:]):
        note = Note.error(
            "extra_cells",
            f"这一行有 {len(row)} 列，表头只有 {width} 列，各列可能错位",
            "数字里的逗号要加引号或者去掉；多余的列要有表头",
        )
        refuse(number, note, ",".join(row))
        return [""] * width
    return row[:width]


def _untitled(columns: Sequence[Sequence[str]], header: Header) -> set[int]:
    """Columns that hold something under a blank header."""
    titled = {column.index for column in header.columns}
    titled |= {column.index for column in header.ignored}
    return {
        index
        for index, cells in enumerate(columns)
        if index not in titled and any(map(str.strip, cells))
    }


def _frame(columns: Sequence[Sequence[str]], header: Header, first: int) -> pl.DataFrame:
    height = len(columns[0]) if columns else 0
    numbers = pl.int_range(first, first + height, eager=True).alias("row")
    wanted = [
        pl.Series(f"c{column.index}", columns[column.index], dtype=pl.String)
        for column in header.columns
    ]
    return pl.DataFrame([numbers, *wanted])
