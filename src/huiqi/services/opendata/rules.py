"""Pure parts: rows as CSV that no spreadsheet takes for formulas."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

_LIVE = ("=", "+", "-", "@", "\t", "\r")
_WORDS = {True: "是", False: "否", None: ""}


def csv_lines(columns: Mapping[str, str], rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Lines of a CSV file for Excel: byte order mark, header of keys, one line a row."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    buffer.write("\ufeff")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_cell(row[key]) for key in columns])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
    yield buffer.getvalue()


def _cell(value: Any) -> str:
    text = _WORDS[value] if isinstance(value, bool | None) else str(value)
    return f"'{text}" if text.startswith(_LIVE) else text
