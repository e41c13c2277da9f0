"""Percent formats, failed formulas and the date system of an ``.xls`` workbook (BIFF8).

A workbook stream is a sequence of records: two bytes type, two bytes length, content. Only the few
record types needed here are looked at.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

import olefile

from huiqi.tables.cell_marks import BUILT_IN_PERCENTS, Marks, is_percent_format

_DATE_1904, _FORMAT, _XF, _BOUND_SHEET = 0x22, 0x41E, 0xE0, 0x85
_FORMULA, _NUMBER, _RK, _MULTI_RK, _BOOL_OR_ERROR = 0x06, 0x203, 0x27E, 0xBD, 0x205
_BEGIN, _END = 0x809, 0x0A
_BIFF8 = 0x0600
_ERRORS = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
}
_RESULT_IS_ERROR = b"\x02"


class XlsMarks:
    """Marks of the sheets of one workbook; older than BIFF8, or odd, gives none."""

    def __init__(self, path: str) -> None:
        self.from_1904 = False
        self._sheets: dict[str, int] = {}
        self._formats = set(BUILT_IN_PERCENTS)
        self._percents: set[int] = set()
        self._stream = _workbook_stream(path)
        if struct.unpack_from("<H", self._stream.ljust(6, b"\0"), 4)[0] == _BIFF8:
            self._globals()

    def _globals(self) -> None:
        styles: list[int] = []
        for kind, content in _records(self._stream, 0):
            if kind == _DATE_1904 and len(content) >= 2:
                self.from_1904 = content[:2] == b"\x01\x00"
            elif kind == _FORMAT and len(content) >= 5:
                self._add_format(content)
            elif kind == _XF and len(content) >= 4:
                styles.append(struct.unpack_from("<2xH", content)[0])
            elif kind == _BOUND_SHEET and len(content) >= 8:
                self._sheets[_text(content[7:])] = struct.unpack_from("<I", content)[0]
        self._percents = {number for number, style in enumerate(styles) if style in self._formats}

    def _add_format(self, content: bytes) -> None:
        if is_percent_format(_text(content[4:])):
            self._formats.add(struct.unpack_from("<H", content)[0])

    def sheet(self, name: str) -> Marks:
        marks = Marks()
        if name not in self._sheets:
            return marks
        for kind, content in _records(self._stream, self._sheets[name]):
            if kind == _MULTI_RK and len(content) >= 6:
                self._several(content, marks)
            elif kind in (_FORMULA, _NUMBER, _RK, _BOOL_OR_ERROR) and len(content) >= 8:
                self._one(kind, content, marks)
        return marks

    def _several(self, content: bytes, marks: Marks) -> None:
        row, first = struct.unpack_from("<HH", content)
        for offset in range(4, len(content) - 2, 6):
            style = struct.unpack_from("<H", content, offset)[0]
            if style in self._percents:
                marks.percents.setdefault(row, []).append(first + (offset - 4) // 6)

    def _one(self, kind: int, content: bytes, marks: Marks) -> None:
        row, column, style = struct.unpack_from("<HHH", content)
        error = _error(kind, content)
        if error is not None:
            marks.errors.setdefault(row, []).append((column, error))
        elif style in self._percents and kind != _BOOL_OR_ERROR:
            marks.percents.setdefault(row, []).append(column)


def _error(kind: int, content: bytes) -> str | None:
    """The error a cell shows, when it shows one."""
    if kind == _BOOL_OR_ERROR and content[7]:
        return _ERRORS.get(content[6], "#VALUE!")
    if kind == _FORMULA and content[12:14] == b"\xff\xff" and content[6:7] == _RESULT_IS_ERROR:
        return _ERRORS.get(content[8], "#VALUE!")
    return None


def _text(content: bytes) -> str:
    """A string without its length: one byte of flags, then the characters."""
    return content[1:].decode("utf-16-le" if content[0] & 1 else "latin-1", "replace")


def _workbook_stream(path: str) -> bytes:
    with olefile.OleFileIO(path) as container:
        for name in ("Workbook", "Book"):
            if container.exists(name):
                return bytes(container.openstream(name).read())
    return b""


def _records(stream: bytes, start: int) -> Iterator[tuple[int, bytes]]:
    """Records from a BEGIN to its END."""
    at, depth = start, 0
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        yield kind, stream[at + 4 : at + 4 + length]
        at += 4 + length
        depth += (kind == _BEGIN) - (kind == _END)
        if depth <= 0:
            return
