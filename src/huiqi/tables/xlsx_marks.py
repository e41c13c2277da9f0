"""Percent formats, failed formulas and the date system of an ``.xlsx`` workbook.

The archive has passed ``zip_guard`` before: sizes are bounded and no XML declares entities.
Sheets are scanned as bytes, chunk by chunk; nothing is built up.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterator
from typing import TYPE_CHECKING

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from huiqi.tables.cell_marks import BUILT_IN_PERCENTS, Marks, is_percent_format
from huiqi.tables.normal import NOT_CALCULATED

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_STRICT = "{http://purl.oclc.org/ooxml/spreadsheetml/main}"
_RELATION = re.compile(r"\{http.*/relationships\}id")
_CHUNK = 1 << 20
_LONGEST_TAG = 1 << 16
_ATTRIBUTE = re.compile(rb"""\s([rst])\s*=\s*["']([^"']*)["']""")
_VALUE = re.compile(
    rb"\s*(?:<(?:\w+:)?f\b[^<>]*(?:/>|>[^<]*</(?:\w+:)?f>))?\s*<(?:\w+:)?v>([^<]*)<"
)
_NO_RESULT = (
    rb"\s*<(?:\w+:)?f\b(?:[^<>]*/>|[^<>]*>[^<]*</(?:\w+:)?f>)"
    rb"\s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
_FORMULA_WITHOUT_RESULT = re.compile(_NO_RESULT)
_REFERENCE = re.compile(rb"([A-Z]{1,3})(\d{1,7})")
_TRUE = ("1", "true")


class XlsxMarks:
    """Marks of the sheets of one workbook; a part that is missing or odd gives none."""

    def __init__(self, path: str) -> None:
        self._archive = zipfile.ZipFile(path)
        self._names = set(self._archive.namelist())
        self._workbook = self._parse("xl/workbook.xml")
        self._percents = self._percent_styles()

    @property
    def from_1904(self) -> bool:
        properties = _find(self._workbook, "workbookPr")
        return bool(properties) and properties[0].get("date1904", "") in _TRUE

    def sheet(self, name: str) -> Marks:
        part = self._part(name)
        marks = Marks()
        if part in self._names:
            for row, column, error in self._cells(part):
                if error is None:
                    marks.percents.setdefault(row, []).append(column)
                else:
                    marks.errors.setdefault(row, []).append((column, error))
        return marks

    def _parse(self, part: str) -> Element | None:
        if part not in self._names:
            return None
        try:
            return fromstring(self._archive.read(part))
        except (ParseError, DefusedXmlException):
            return None

    def _percent_styles(self) -> frozenset[bytes]:
        """Numbers of the cell styles that show a percentage."""
        styles = self._parse("xl/styles.xml")
        formats = {
            int(entry.get("numFmtId", "-1"))
            for entry in _find(styles, "numFmts/numFmt")
            if is_percent_format(entry.get("formatCode", ""))
        } | BUILT_IN_PERCENTS
        return frozenset(
            str(number).encode()
            for number, style in enumerate(_find(styles, "cellXfs/xf"))
            if int(style.get("numFmtId", "0")) in formats
        )

    def _part(self, name: str) -> str:
        """The member that holds the sheet of this name."""
        relations = self._parse("xl/_rels/workbook.xml.rels")
        targets = {
            relation.get("Id"): relation.get("Target", "")
            for relation in (relations if relations is not None else [])
        }
        for sheet in _find(self._workbook, "sheets/sheet"):
            if sheet.get("name") == name:
                keys = [key for key in sheet.keys() if _RELATION.fullmatch(key)]  # noqa: SIM118 - an Element
                target = targets.get(sheet.get(keys[0]), "") if keys else ""
                return posixpath.normpath(posixpath.join("/xl", target)).lstrip("/")
        return ""

    def _cells(self, part: str) -> Iterator[tuple[int, int, str | None]]:
        """Row, column and error of the cells worth a mark; None: a percent format."""
        wanted = rb"\st\s*=\s*[\"']e[\"']"
        if self._percents:
            styles = b"|".join(sorted(self._percents))
            wanted += rb"|\ss\s*=\s*[\"'](?:" + styles + rb")[\"']"
        pattern = re.compile(
            rb"<(?:\w+:)?c(?=\s[^<>]*?(?:" + wanted + rb")|[^<>]*>" + _NO_RESULT + rb")([^<>]*)>"
        )
        for match, text in self._matches(part, pattern):
            found = dict(_ATTRIBUTE.findall(match[1]))
            place = _REFERENCE.fullmatch(found.get(b"r", b""))
            error = _error(found.get(b"t", b""), text, match.end())
            if place and (error is not None or found.get(b"s") in self._percents):
                yield int(place[2]) - 1, _column(place[1]), error

    def _matches(
        self, part: str, pattern: re.Pattern[bytes]
    ) -> Iterator[tuple[re.Match[bytes], bytes]]:
        """Matches in a member, each with enough text behind it to hold the value."""
        text = b""
        with self._archive.open(part) as file:
            while True:
                chunk = file.read(_CHUNK)
                text += chunk
                keep = len(text) if not chunk else max(0, len(text) - _LONGEST_TAG)
                done = 0
                for match in pattern.finditer(text):
                    if match.start() >= keep:
                        break
                    done = match.end()
                    yield match, text
                if not chunk:
                    return
                text = text[max(done, keep) :]


def _error(kind: bytes, text: bytes, behind: int) -> str | None:
    """The error shown by a cell whose tag ends at ``behind``, when it shows one."""
    if kind == b"e":
        value = _VALUE.match(text, behind)
        return value[1].decode("utf-8", "replace") if value else "#VALUE!"
    # ="" is a text of no length. Other formulas have a result once a program has calculated them.
    if kind != b"str" and _FORMULA_WITHOUT_RESULT.match(text, behind):
        return NOT_CALCULATED
    return None


def _find(root: Element | None, path: str) -> list[Element]:
    if root is None:
        return []
    for space in (_MAIN, _STRICT):
        found = root.findall("/".join(space + step for step in path.split("/")))
        if found:
            return found
    return []


def _column(letters: bytes) -> int:
    index = 0
    for letter in letters:
        index = index * 26 + letter - ord("A") + 1
    return index - 1
