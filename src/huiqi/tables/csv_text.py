"""Text tables: UTF-8, GB18030 or UTF-16; separated by comma, tab, semicolon or bar; quoted or not.

The encoding is the first that fits every byte of the file. The separator is the one with which the
first rows show a header, so that a comma inside a name decides nothing.
"""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path

from huiqi.tables.errors import Unreadable
from huiqi.tables.formats import MEGABYTE
from huiqi.tables.headers import FIRST_ROWS, MOST_COLUMNS, Header, HeaderReader

_SEPARATORS = (",", "\t", ";", "|")
_SAVE_AGAIN = "请用 Excel 或 WPS 另存为“CSV UTF-8”后再导入"


class CsvFile:
    """A text table whose encoding and separator are known."""

    def __init__(self, path: Path, reader: HeaderReader) -> None:
        self._path = path
        self.encoding = find_encoding(path)
        found: tuple[int, str, Header] | None = None
        for separator in _SEPARATORS:
            header = reader.find(self._first(separator))
            if header and (found is None or len(header.columns) > found[0]):
                found = (len(header.columns), separator, header)
        self.separator = found[1] if found else self._widest()
        self.header = reader.require(self._first(self.separator), "表格")

    def blocks(self, rows: int) -> Iterator[list[list[str]]]:
        """Rows after the header, so many at a time; their number counts from the header."""
        records = self._records(self.separator)
        for _ in islice(records, self.header.row):
            pass
        while block := list(islice(records, rows)):
            yield block

    def _first(self, separator: str) -> list[list[str]]:
        """The first rows as this separator splits them; it need not be the right one."""
        rows: list[list[str]] = []
        with self._path.open(encoding=self.encoding, newline="") as file, suppress(csv.Error):
            # What comes before the fault may hold the header; reading on tells of the fault.
            rows.extend(islice(csv.reader(file, delimiter=separator), FIRST_ROWS))
        return rows

    def _widest(self) -> str:
        """The separator that splits the first rows most, when none shows a header."""
        return max(_SEPARATORS, key=lambda separator: sum(map(len, self._first(separator))))

    def _records(self, separator: str) -> Iterator[list[str]]:
        with self._path.open(encoding=self.encoding, newline="") as file:
            # Strict: a quote that is never closed must not swallow the rows after it.
            reader = csv.reader(file, delimiter=separator, strict=True)
            try:
                for record in reader:
                    if len(record) > MOST_COLUMNS:
                        raise Unreadable(f"表格的列太多（{len(record)} 列）", "核对分隔符和引号")
                    yield record
            except csv.Error as error:
                raise Unreadable(
                    f"第 {reader.line_num} 行附近无法拆成列，多半是引号没有成对，或者内容过长",
                    _SAVE_AGAIN,
                ) from error


def find_encoding(path: Path) -> str:
    """The encoding of the whole file. Raises Unreadable when none fits."""
    with path.open("rb") as file:
        beginning = file.read(4)
    if beginning.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        candidates = ["utf-16"]
    else:
        candidates = ["utf-8-sig", "gb18030"]
    for encoding in candidates:
        if _fits(path, encoding):
            return encoding
    raise Unreadable("文字编码无法识别（应为 UTF-8 或 GB18030）", _SAVE_AGAIN)


def _fits(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    try:
        with path.open("rb") as file:
            while chunk := file.read(MEGABYTE):
                if encoding != "utf-16" and b"\0" in chunk:
                    return False
                decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True
