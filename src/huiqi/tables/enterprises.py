"""Enterprises from a file: chunks of stored facts, and everything that was wrong with it.

    table = read_enterprises(Path("企业.xlsx"), vocabulary)
    for chunk in table.chunks():        # a Polars frame: row, and one column a fact key
        ...
    table.problems, table.ignored_columns

Memory does not grow with the file: chunks are read one at a time, problems are kept up to a number
for each kind and column and counted beyond. See ``docs/concepts/reading-tables.md``.
"""

from __future__ import annotations

import shutil
import tempfile
import weakref
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

import polars as pl

from huiqi.rules.vocabulary import Vocabulary
from huiqi.tables.columns import ColumnEncoder, Encoded, nothing
from huiqi.tables.dates import serial_base
from huiqi.tables.formats import Format, Source, identify, stamp
from huiqi.tables.headers import (
    CODE_KEY,
    NAME_KEY,
    HeaderReader,
    IgnoredColumn,
    SourceColumn,
    column_letter,
)
from huiqi.tables.identity import Identity
from huiqi.tables.problems import Note, Problem, ProblemLog
from huiqi.tables.sources import CsvSource, ParquetSource, RowSource, open_workbook

CHUNK_ROWS = 16_384
KEPT_PROBLEMS = 1_000
_LONGEST_VALUE = 200
_ROW = "row"


def read_enterprises(
    path: Path | str,
    vocabulary: Vocabulary,
    *,
    on: date | None = None,
    sheet: str | None = None,
    chunk_rows: int = CHUNK_ROWS,
    keep_problems: int = KEPT_PROBLEMS,
) -> EnterpriseTable:
    """Open a table of enterprises; rows are read by ``chunks``.

    ``on``: the day the facts are used for; later dates are asked about.
    ``sheet``: the worksheet to read; by default the first visible one with a header.
    ``keep_problems``: how many problems of a kind and column are kept in full.
    Raises Unreadable, with advice, when the file as a whole cannot be read.
    """
    path = Path(path)
    form = identify(path)
    folder = Path(tempfile.mkdtemp(prefix="huiqi-"))
    try:
        source = _open(path, form, HeaderReader(vocabulary), sheet, folder)
        return EnterpriseTable(path, form, source, folder, on, chunk_rows, keep_problems)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _open(
    path: Path, form: Format, reader: HeaderReader, sheet: str | None, folder: Path
) -> RowSource:
    if form == "csv":
        return CsvSource(path, reader)
    if form == "parquet":
        return ParquetSource(path, reader)
    return open_workbook(path, form, reader, sheet, folder)


class EnterpriseTable:
    """An opened table. ``chunks`` may be iterated again; it starts over, problems included."""

    def __init__(
        self,
        path: Path,
        form: Format,
        source: RowSource,
        folder: Path,
        on: date | None,
        chunk_rows: int,
        keep_problems: int,
    ) -> None:
        self._rows = source
        self._on = on
        self._chunk_rows = chunk_rows
        self._log = ProblemLog(keep_problems)
        self.close = weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        """Removes the temporary files; happens by itself when the table is no longer used."""

        mark = stamp(path)
        self.source = Source(
            path.name, form, source.sheet, source.others, mark.sha256, mark.modified, mark.size
        )
        self.header_row = source.header.row
        self.columns: Mapping[str, SourceColumn] = {
            column.fact.key: column for column in source.header.columns
        }
        self.total_rows: int | None = source.count(mark)
        """Number of rows, for progress; an upper bound for text files."""

        self.kept_rows = 0
        self.refused_rows = 0

    @property
    def problems(self) -> list[Problem]:
        """Problems of the chunks read so far, a limited number of each kind and column."""
        return self._log.kept

    @property
    def problem_count(self) -> int:
        """Number of all problems so far, also those not kept."""
        return self._log.counts.total()

    @property
    def problem_counts(self) -> Counter[tuple[str, str]]:
        """The same by kind and column header."""
        return self._log.counts

    @property
    def ignored_columns(self) -> dict[str, str]:
        """Headers that were not used, and why."""
        found: dict[str, str] = {}
        for column in self._rows.header.ignored:
            name = column.header if column.header not in found else ""
            found[name or f"{column.header}（{column.letter} 列）"] = column.reason
        return found

    def chunks(self) -> Iterator[pl.DataFrame]:
        """Frames of the rows kept: ``row``, then one column a recognised fact."""
        self._log.clear()
        self.kept_rows = self.refused_rows = 0
        self._about_columns()
        self._rows.untitled.clear()
        base = serial_base(from_1904=self._rows.from_1904)
        encoders = {
            key: ColumnEncoder(column, base, self._on)
            for key, column in self.columns.items()
            if key != CODE_KEY
        }
        identity = Identity(has_codes=CODE_KEY in self.columns)
        for frame in regrouped(self._rows.frames(self._refuse_row), self._chunk_rows):
            chunk = self._chunk(frame, encoders, identity)
            if chunk.height:
                yield chunk
        self._about_untitled()

    # --- one chunk -----------------------------------------------------------------------------

    def _chunk(
        self, frame: pl.DataFrame, encoders: dict[str, ColumnEncoder], identity: Identity
    ) -> pl.DataFrame:
        frame = frame.filter(_filled(frame))
        before = len(self.problems)
        rows = frame[_ROW]
        encoded = {
            key: encoder.encode(frame[f"c{encoder.column.index}"])
            for key, encoder in encoders.items()
        }
        names = (
            encoded[NAME_KEY].values if NAME_KEY in encoded else nothing(frame.height, pl.String)
        )
        code_column = self.columns.get(CODE_KEY)
        cells = frame[f"c{code_column.index}"] if code_column else None
        identified = identity.judge(cells, names, rows)
        where = code_column or self.columns[NAME_KEY]
        self._report(identified.codes, where, rows, identified.kept)
        for key, result in encoded.items():
            self._report(result, self.columns[key], rows)
        self.problems[before:] = sorted(self.problems[before:], key=_place)
        self.refused_rows += int((~identified.kept).sum())
        self.kept_rows += int(identified.kept.sum())
        values = {_ROW: rows}
        for key in self.columns:
            values[key] = identified.codes.values if key == CODE_KEY else encoded[key].values
        return pl.DataFrame(values).filter(identified.kept)

    def _report(
        self, encoded: Encoded, column: SourceColumn, rows: pl.Series, kept: pl.Series | None = None
    ) -> None:
        for kind, places in encoded.by_kind():
            room = self._log.room(kind, column.header)
            for place in places[:room].to_list():
                note = encoded.notes[encoded.noted[place]]
                refused = kept is not None and not kept[place]
                self._say(note, column, rows[place], encoded.texts[place] or "", refused=refused)
            self._log.count(kind, column.header, len(places) - min(room, len(places)))

    def _say(
        self,
        note: Note,
        column: SourceColumn | IgnoredColumn | None = None,
        row: int | None = None,
        value: str = "",
        *,
        letter: str = "",
        refused: bool = False,
    ) -> None:
        self._log.add(
            Problem(
                file=self.source.name,
                sheet=self.source.sheet,
                row=row,
                column=column.header if column else "",
                column_letter=column.letter if column else letter,
                field=column.fact.name if column and column.fact else "",
                value=value[:_LONGEST_VALUE],
                severity=note.severity,
                message=note.message,
                advice=note.advice,
                kind=note.kind,
                refuses_row=refused,
            )
        )

    # --- the table as a whole ------------------------------------------------------------------

    def _refuse_row(self, row: int, note: Note, value: str) -> None:
        """A row that cannot be laid over the columns."""
        self.refused_rows += 1
        self._say(note, row=row, value=value, refused=True)

    def _about_columns(self) -> None:
        """How the layout was read, and facts unknown for every firm: their column is not read."""
        by_letter = {column.letter: column for column in self.columns.values()}
        for row, letter, note in self._rows.header.remarks:
            self._say(note, by_letter.get(letter), row)
        for ignored in self._rows.header.ignored:
            if ignored.fact is None or ignored.fact.model.derived is not None:
                continue
            note = Note.error(
                "column_not_read",
                f"整列没有读取：{ignored.reason}",
                "改正表头，写成 名称(单位)，如 营业收入(万元)",
            )
            self._say(note, ignored)
        if CODE_KEY not in self.columns:
            note = Note.warning(
                "no_code_column", "表中没有统一社会信用代码这一列", "补上代码，否则不能查出重复"
            )
            self._say(note, self.columns[NAME_KEY])

    def _about_untitled(self) -> None:
        """Columns that hold something but have no header; known when all rows are read."""
        note = Note.warning(
            "no_header", "这一列有内容但没有表头，没有读取", "补上表头，或者删去这一列"
        )
        for index in sorted(self._rows.untitled):
            self._say(note, letter=column_letter(index))


def regrouped(frames: Iterator[pl.DataFrame], rows: int) -> Iterator[pl.DataFrame]:
    """The same rows in frames of a given height."""
    waiting: list[pl.DataFrame] = []
    height = 0
    for frame in frames:
        waiting.append(frame)
        height += frame.height
        while height >= rows:
            joined = pl.concat(waiting)
            yield joined[:rows]
            waiting = [joined[rows:]]
            height -= rows
    if height:
        yield pl.concat(waiting)


def _filled(frame: pl.DataFrame) -> pl.Series:
    """Rows that hold anything at all in the recognised columns."""
    tests = [
        pl.col(name).str.strip_chars() != "" if dtype == pl.String else pl.col(name).is_not_null()
        for name, dtype in frame.schema.items()
        if name != _ROW
    ]
    return frame.select(filled=pl.any_horizontal(tests).fill_null(value=False))["filled"]


def _place(problem: Problem) -> tuple[int, int, str]:
    return problem.row or 0, len(problem.column_letter), problem.column_letter
