"""What commands show on the screen: progress while they work, tables of results."""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Sequence
from types import TracebackType

_WIDEST = 40
_NUMBER = re.compile(r"-?[\d,]+\.\d\d|")
"""Money as ``yuan`` writes it, or nothing."""


class Progress:
    """A line on the terminal that says how far the work is; silent elsewhere."""

    def __init__(self, title: str) -> None:
        self.title = title
        self.shown = 0
        self.live = sys.stderr.isatty()

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._write("")

    def say(self, text: str) -> None:
        self._write(f"{self.title}：{text}")

    def rows(self, done: int, total: int | None) -> None:
        """``done`` firms of ``total`` (None: unknown)."""
        share = f"（{done * 100 // total} %）" if total else ""
        self.say(f"{done:,} 家{share}")

    def _write(self, text: str) -> None:
        if not self.live:
            return
        padding = " " * max(0, self.shown - width(text))
        sys.stderr.write(f"\r{text}{padding}\r{text}")
        sys.stderr.flush()
        self.shown = width(text)


def width(text: str) -> int:
    """Columns a text takes on a terminal: a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def table(headers: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A plain table with aligned columns; numbers to the right."""
    cells = [[_cell(value) for value in row] for row in rows]
    widths = [
        max([width(header), *(width(row[index]) for row in cells)])
        for index, header in enumerate(headers)
    ]
    right = [bool(rows) and all(_is_numeric(row[i]) for row in rows) for i in range(len(headers))]
    lines = [_line(headers, widths, right), "  ".join("─" * w for w in widths)]
    lines += [_line(row, widths, right) for row in cells]
    return "\n".join(line.rstrip() for line in lines)


def yuan(fen: int | None) -> str:
    """Money for a column of a table: always yuan with its two decimals, so that they compare."""
    if fen is None:
        return ""
    sign, whole = ("-" if fen < 0 else ""), abs(fen)
    return f"{sign}{whole // 100:,}.{whole % 100:02}"


def _is_numeric(value: object) -> bool:
    if isinstance(value, str):
        return bool(_NUMBER.fullmatch(value))
    return value is None or isinstance(value, int | float)


def _cell(value: object) -> str:
    if value is None:
        return ""
    text = f"{value:,}" if isinstance(value, int | float) else str(value)
    while width(text) > _WIDEST:
        text = text[:-2] + "…"
    return text


def _line(cells: Sequence[str], widths: Sequence[int], right: Sequence[bool]) -> str:
    padded = []
    for text, size, to_right in zip(cells, widths, right, strict=True):
        space = " " * (size - width(text))
        padded.append(space + text if to_right else text + space)
    return "  ".join(padded)
