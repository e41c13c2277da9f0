"""The process that parses a workbook someone sent: small, limited, and answering in plain JSON.

Started by ``workbook``, never imported by it. Reads requests from standard input, one JSON
object a line, and answers each with one line:

    {"open": path, "format": "xlsx"}       → {"sheets": [[name, visible], …], "from_1904": bool}
    {"sheet": index, "into": file}         → {"rows": n, "columns": n, "first": [[…], …],
                                              "merged": [[row, column, last row], …]}
    {"first": index}                       → {"first": [[…], …]}

The cells of a sheet go into the named file: one JSON array a line, holding a block of rows as
columns of text. A percent-formatted number is written as people see it (5%), a failed formula as
its error (#DIV/0!), a date as 2020-01-02. Formulas are never evaluated.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Any, NamedTuple

from python_calamine import (
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from huiqi.tables.cell_marks import Marks, WorkbookMarks
from huiqi.tables.xls_marks import XlsMarks
from huiqi.tables.xlsx_marks import XlsxMarks

LONGEST_CELL = 2_000
MOST_COLUMNS = 1_000
FIRST_ROWS = 12  # as headers.FIRST_ROWS, which must not be imported here
BLOCK_CELLS = 100_000
MOST_MERGED = 10_000
_WHOLE = 10**15


class Refused(Exception):
    """The workbook cannot be read; the argument is a word the parent knows."""


def limit(memory: int, seconds: int, file_bytes: int) -> None:
    """Bind this process to so much memory, processor time and output."""
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    # At the soft limit the signal says why; at the hard one the process is killed without a word.
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 5))
    resource.setrlimit(resource.RLIMIT_FSIZE, (file_bytes, file_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main() -> None:
    memory, seconds, file_bytes = map(int, sys.argv[1:4])
    limit(memory, seconds, file_bytes)
    session = Session()
    for line in sys.stdin:
        try:
            answer = session.answer(json.loads(line))
        except Refused as refusal:
            answer = {"refused": str(refusal)}
        except MemoryError:
            answer = {"refused": "memory"}
        except OSError:
            answer = {"refused": "output"}
        print(json.dumps(answer), flush=True)


class Rows(NamedTuple):
    """The rows of a sheet as text, and its merged cells as in the answer."""

    texts: Iterator[list[str]]
    width: int
    merged: list[tuple[int, int, int]]


class Session:
    """One workbook, opened once."""

    def __init__(self) -> None:
        self._workbook: CalamineWorkbook | None = None
        self._marks: WorkbookMarks | None = None

    def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        if "open" in request:
            return self._open(request["open"], request["format"])
        if "first" in request:
            return {"first": list(islice(self._rows(request["first"]).texts, FIRST_ROWS))}
        return self._sheet(request["sheet"], request["into"])

    def _open(self, path: str, form: str) -> dict[str, Any]:
        try:
            self._workbook = CalamineWorkbook.from_path(path)
        except PasswordError:
            raise Refused("password") from None
        except Exception:  # noqa: BLE001 - whatever a broken workbook makes the parser raise
            raise Refused("damaged") from None
        marks = XlsxMarks(path) if form == "xlsx" else XlsMarks(path)
        self._marks = marks
        sheets = [
            [
                sheet.name,
                sheet.visible == SheetVisibleEnum.Visible and sheet.typ == SheetTypeEnum.WorkSheet,
            ]
            for sheet in self._workbook.sheets_metadata
        ]
        return {"sheets": sheets, "from_1904": marks.from_1904}

    def _sheet(self, index: int, into: str) -> dict[str, Any]:
        rows = self._rows(index)
        return {**_write(rows, into), "merged": rows.merged}

    def _rows(self, index: int) -> Rows:
        if self._workbook is None or self._marks is None:
            raise Refused("damaged")
        try:
            sheet = self._workbook.get_sheet_by_index(index)
        except Exception:  # noqa: BLE001 - as above
            raise Refused("damaged") from None
        if sheet.start is None or sheet.end is None:
            return Rows(iter(()), 0, [])
        left, width = sheet.start[1], sheet.end[1] + 1
        if width > MOST_COLUMNS:
            raise Refused("columns")
        marks = self._marks.sheet(self._workbook.sheet_names[index])
        texts = ([""] * left + row for row in _texts(sheet.iter_rows(), marks, left))
        return Rows(texts, width, _merged(sheet))


def _merged(sheet: CalamineSheet) -> list[tuple[int, int, int]]:
    """Merged cells of more than one row: first row and column, last row, from 0."""
    ranges = sheet.merged_cell_ranges or []
    tall = [(top, left, bottom) for (top, left), (bottom, _) in ranges if bottom > top]
    return sorted(tall)[:MOST_MERGED]


def _write(rows: Rows, into: str) -> dict[str, Any]:
    block_rows = max(1, BLOCK_CELLS // max(1, rows.width))
    count, first = 0, []
    with open(into, "w", encoding="utf-8") as file:  # noqa: PTH123 - pathlib is not needed here
        while block := list(islice(rows.texts, block_rows)):
            if not count:
                first = block[:FIRST_ROWS]
            count += len(block)
            json.dump(list(zip(*block, strict=True)), file)
            file.write("\n")
    return {"rows": count, "columns": rows.width, "first": first}


def _texts(rows: Iterator[list[Any]], marks: Marks, left: int) -> Iterator[list[str]]:
    for number, cells in enumerate(rows):
        row = [as_text(cell) for cell in cells]
        for column, text in marks.errors.get(number, ()):
            if left <= column < left + len(row):
                row[column - left] = text
        for column in marks.percents.get(number, ()):
            place = column - left
            if 0 <= place < len(row) and isinstance(cells[place], float | int):
                row[place] = percent(cells[place])
        yield row


def as_text(cell: Any) -> str:
    """A cell as text that means the same; numbers with the 15 digits a spreadsheet has."""
    if isinstance(cell, str):
        return cell[:LONGEST_CELL]
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, int | float):
        return number(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(" ")
    if isinstance(cell, date | time):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        return number(cell / timedelta(days=1))
    return str(cell)[:LONGEST_CELL]


def number(value: float) -> str:
    if value == int(value) and abs(value) < _WHOLE:
        return str(int(value))
    return f"{value:.15g}".upper()


def percent(value: float) -> str:
    # Rounded again: 0.07 × 100 is 7.000000000000001.
    return number(float(f"{value * 100:.13g}")) + "%"
