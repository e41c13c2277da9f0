"""Results as an Excel workbook, row by row in constant memory.

Every text is written as text, so a cell that begins with ``=`` stays what it is. A sheet that
is full continues on “name (2)”.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from math import ceil
from pathlib import Path
from typing import Any

import polars as pl
import xlsxwriter
from xlsxwriter.exceptions import XlsxWriterException

from huiqi.tables.output_columns import MONEY_PLACES, PERCENT_PLACES, Column, Kind
from huiqi.tables.writing import FrameSheet, SheetWriter, TableWriter

MOST_ROWS = 1_048_576
LONGEST_TEXT = 32_767
_LONGEST_NAME = 31
_NAME_CHARACTERS = str.maketrans(dict.fromkeys("[]:*?/\\", "_"))
_CUT = "…（过长，已截断）"
_EXACT = 10**15  # a spreadsheet keeps 15 digits; longer numbers are written as text
_FIRST_DATE = date(1900, 3, 1)  # before it, spreadsheets disagree about what day it is
_WIDTHS: dict[Kind, float] = {
    "text": 20,
    "money_yuan": 18,
    "integer": 12,
    "date": 12,
    "percent": 10,
    "long_text": 50,
}
_FORMATS: dict[Kind, dict[str, Any]] = {
    "text": {"num_format": "@", "valign": "top"},
    "money_yuan": {"num_format": "#,##0.00", "valign": "top"},
    "integer": {"num_format": "#,##0", "valign": "top"},
    "date": {"num_format": "yyyy-mm-dd", "valign": "top", "align": "left"},
    "percent": {"num_format": "0.00##%", "valign": "top"},
    "long_text": {"num_format": "@", "valign": "top", "text_wrap": True},
}
HEADER_HEIGHT = 30
LINE_HEIGHT = 15
MOST_LINES = 6
"""A wrapped cell may make its row so many lines high; not every program fits rows by itself."""
Put = Callable[[int, int, Any], None]
HEADER_FORMAT = {
    "bold": True,
    "bg_color": "#1F4E79",
    "font_color": "#FFFFFF",
    "border": 1,
    "border_color": "#BFBFBF",
    "align": "center",
    "valign": "vcenter",
    "text_wrap": True,
}


class RowBook:
    """An XlsxWriter workbook written row by row, in which nothing is alive.

    Raises OSError when it cannot be begun or finished.
    """

    def __init__(self, path: Path) -> None:
        path.open("xb").close()  # fails now, not at the end, where nothing can be written
        self._folder = tempfile.mkdtemp(prefix="huiqi-")
        self.book: Any = xlsxwriter.Workbook(
            str(path),
            {
                "constant_memory": True,
                "tmpdir": self._folder,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
                "nan_inf_to_errors": False,
                # The usual Chinese font of the spreadsheets; others put their own in its place.
                "default_format_properties": {"font_name": "等线", "font_size": 11},
            },
        )
        self.book.use_zip64()

    def close(self) -> None:
        """Write the file."""
        try:
            self.book.close()
        except XlsxWriterException as error:
            # Of a full disk it keeps the system's own error inside.
            inner = error.args[0] if error.args else None
            raise (inner if isinstance(inner, OSError) else OSError(str(error))) from error
        finally:
            self.discard()

    def discard(self) -> None:
        """Let go of the temporary files."""
        for page in self.book.worksheets():
            page.row_data_fh.close()
        shutil.rmtree(self._folder, ignore_errors=True)


class WorkbookWriter(TableWriter):
    """A workbook; its sheets may be written in turns."""

    many_sheets = True

    def __init__(self, path: Path, part: Path) -> None:
        super().__init__(path, part)
        self._rows = RowBook(part)
        self._book = self._rows.book
        self._formats = {kind: self._book.add_format(form) for kind, form in _FORMATS.items()}
        self._header = self._book.add_format(HEADER_FORMAT)
        self._names: set[str] = set()
        self._sheets: list[_Sheet] = []

    def _sheet(self, name: str, columns: Sequence[Column]) -> SheetWriter:
        sheet = _Sheet(name, columns, self)
        self._sheets.append(sheet)
        return sheet

    def page(self, name: str, columns: Sequence[Column]) -> Any:
        """A new worksheet with its header row."""
        page = self._book.add_worksheet(self._free_name(name))
        page.freeze_panes(1, 0)
        page.set_row(0, HEADER_HEIGHT)
        _print_set_up(page)
        for place, column in enumerate(columns):
            page.set_column(place, place, column.width or _WIDTHS[column.kind])
            page.write_string(0, place, column.name, self._header)
        return page

    def form(self, kind: Kind) -> Any:
        return self._formats[kind]

    def _free_name(self, name: str) -> str:
        """A sheet name that Excel takes and that is not used yet."""
        base = name.translate(_NAME_CHARACTERS).strip("'").strip() or "结果"
        number, free = 1, base[:_LONGEST_NAME]
        while free.lower() in self._names:
            number += 1
            ending = f" ({number})"
            free = base[: _LONGEST_NAME - len(ending)] + ending
        self._names.add(free.lower())
        return free

    def _finish(self) -> None:
        if not self._sheets:
            self._sheet("结果", ())
        for sheet in self._sheets:
            sheet.finish()
        self._rows.close()

    def _abandon(self) -> None:
        self._rows.discard()


class _Sheet(FrameSheet):
    def __init__(self, name: str, columns: Sequence[Column], book: WorkbookWriter) -> None:
        super().__init__(columns)
        self._book = book
        self._name = name
        self._wrapped = [
            (place, column.width or _WIDTHS[column.kind])
            for place, column in enumerate(columns)
            if column.kind == "long_text"
        ]
        self._begin()

    def _begin(self) -> None:
        self._page = self._book.page(self._name, self.columns)
        self._row = 1
        self._puts = [self._put(column.kind) for column in self.columns]

    def append(self, frame: pl.DataFrame) -> None:
        for values in frame.iter_rows():
            if self._row >= MOST_ROWS:
                self.finish()
                self._begin()
            lines = max((_lines(values[at], width) for at, width in self._wrapped), default=1)
            if lines > 1:
                self._page.set_row(self._row, LINE_HEIGHT * lines)
            for place, value in enumerate(values):
                if value is not None:
                    self._puts[place](self._row, place, value)
            self._row += 1

    def finish(self) -> None:
        """Filter buttons over the rows there are."""
        if self.columns:
            self._page.autofilter(0, 0, max(1, self._row - 1), len(self.columns) - 1)

    def _put(self, kind: Kind) -> Put:
        form, text = self._book.form(kind), self._book.form("text")
        if kind == "money_yuan":
            return _number(self._page, MONEY_PLACES, form, text, _yuan)
        if kind == "percent":
            return _number(self._page, PERCENT_PLACES + 2, form, text, _per_cent)
        if kind == "integer":
            return _number(self._page, 0, form, text, str)
        if kind == "date":
            return _day(self._page, form, text)
        return _text(self._page, form)


def _lines(text: str | None, width: float) -> int:
    """How many lines a wrapped text takes: a Chinese character has two columns and a little air."""
    return min(ceil(2.1 * len(text) / width), MOST_LINES) if text else 1


def _print_set_up(page: Any) -> None:
    """Landscape A4, as wide as the sheet, the header on every page."""
    page.set_paper(9)
    page.set_landscape()
    page.fit_to_pages(1, 0)
    page.repeat_rows(0)
    page.set_footer("&C第 &P 页，共 &N 页")


def _text(page: Any, form: Any) -> Put:
    def put(row: int, place: int, value: str) -> None:
        if len(value) > LONGEST_TEXT:
            value = value[: LONGEST_TEXT - len(_CUT)] + _CUT
        page.write_string(row, place, value, form)

    return put


def _number(page: Any, places: int, form: Any, text: Any, exact: Callable[[int], str]) -> Put:
    """An integer of ``10**-places``: the nearest double has the same 15 digits."""
    by = 10**places

    def put(row: int, place: int, value: int) -> None:
        if abs(value) < _EXACT:
            page.write_number(row, place, value / by, form)
        else:
            page.write_string(row, place, exact(value), text)

    return put


def _yuan(fen: int) -> str:
    return f"{Decimal(fen).scaleb(-MONEY_PLACES):f}"


def _per_cent(millionths: int) -> str:
    return f"{Decimal(millionths).scaleb(-PERCENT_PLACES):f}%"


def _day(page: Any, form: Any, text: Any) -> Put:
    def put(row: int, place: int, value: date) -> None:
        if value < _FIRST_DATE:
            page.write_string(row, place, value.isoformat(), text)
        else:
            page.write_datetime(row, place, value, form)

    return put
