"""A whole column → stored integers, at the speed of Polars.

What a column holds in plain form (digits, typed numbers, dates, booleans) is converted by column
expressions. Only the rest is read cell by cell, and each distinct text once. Both ways give
the same integers; the tests hold them against each other.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

import polars as pl

from huiqi.rules.dates import to_days
from huiqi.rules.vocabulary import FactDefinition
from huiqi.tables.cells import (
    EMPTY_SET,
    LONGEST_CELL,
    SET_SEPARATOR,
    asks_about_share,
    read_cell,
)
from huiqi.tables.code_cells import Reading
from huiqi.tables.headers import SourceColumn
from huiqi.tables.normal import FORMULA_ERRORS, UNKNOWN_WORDS
from huiqi.tables.problems import Note, formula_error

_REMEMBERED = 10_000  # distinct texts of a column whose reading is kept
_PLACES = 4  # decimal places the fast path takes
_PLAIN = r"^[+-]?\d{1,14}(?:\.\d{1,4})?$"
_GROUPED = r"^[+-]?\d{1,3}(?:,\d{3}){1,4}(?:\.\d{1,4})?$"
_INT64 = 2**62
# Longer texts are never numbers, dates or codes; a message shows only their beginning.
_KEPT = LONGEST_CELL + 1


class Encoded(NamedTuple):
    """A column of stored integers (text for text facts) and what is to be said about its cells."""

    values: pl.Series
    notes: dict[int, Note]
    """Notes by number, for one chunk."""

    noted: pl.Series
    """Number of the note of each row, or null."""

    texts: pl.Series
    """The cells as seen, where they were read one by one."""

    def by_kind(self) -> Iterator[tuple[str, pl.Series]]:
        """Rows with a note, for each kind of note."""
        kinds: dict[str, list[int]] = {}
        for number, note in self.notes.items():
            kinds.setdefault(note.kind, []).append(number)
        for kind, numbers in kinds.items():
            yield kind, self.noted.is_in(numbers).fill_null(value=False).arg_true()


class ColumnEncoder:
    """Encodes one recognised column, chunk after chunk."""

    def __init__(self, column: SourceColumn, base: date, latest: date | None = None) -> None:
        self.column = column
        self._base = base
        self._latest = latest
        self._readings: dict[str, Reading] = {}

    def encode(self, cells: pl.Series) -> Encoded:
        if self.column.fact.type == "text":
            return _text(cells)
        fast, rest = _fast(cells, self.column)
        encoded = self._with_rest(fast, rest)
        return self._with_late(encoded) if self.column.fact.type == "date" else encoded

    def _with_late(self, encoded: Encoded) -> Encoded:
        """Ask about dates after the day the rules are applied: facts are of the past."""
        if self._latest is None:
            return encoded
        late = (encoded.values > to_days(self._latest)).fill_null(value=False)
        number = len(encoded.notes)
        note = Note.warning(
            "future_date",
            f"{self.column.fact.name}晚于 {self._latest}",
            "核对年份；没有写错的不必修改",
        )
        noted = where(encoded.noted, ~late, pl.lit(number, pl.Int64))
        return encoded._replace(notes={**encoded.notes, number: note}, noted=noted)

    def _with_rest(self, fast: pl.Series, rest: pl.Series) -> Encoded:
        """Read the distinct texts of ``rest`` and put them where ``fast`` has no value."""
        distinct = rest.drop_nulls().unique().to_list()
        if not distinct:
            return Encoded(fast, {}, nothing(len(fast)), rest)
        values: list[int | None] = []
        numbers: list[int | None] = []
        notes: dict[int, Note] = {}
        for text in distinct:
            value, note = self._reading(text)
            values.append(value)
            numbers.append(None if note is None else len(notes))
            if note is not None:
                notes[len(notes)] = note
        table = pl.DataFrame(
            {"text": distinct, "value": values, "note": numbers},
            schema={"text": pl.String, "value": pl.Int64, "note": pl.Int64},
        )
        texts = rest.alias("text").to_frame()
        found = texts.join(table, on="text", how="left", maintain_order="left")
        return Encoded(fast.fill_null(found["value"]), notes, found["note"], rest)

    def _reading(self, text: str) -> Reading:
        reading = self._readings.get(text)
        if reading is None:
            if len(self._readings) >= _REMEMBERED:
                self._readings.clear()
            reading = self._readings[text] = read_cell(text, self.column, self._base)
        return reading


def can_hold(dtype: pl.DataType, fact: FactDefinition) -> bool:
    """Whether cells of this type can be read as the fact at all."""
    if isinstance(dtype, pl.List):
        return fact.type == "set" and dtype.inner == pl.String
    if dtype == pl.Boolean:
        return fact.type == "flag"
    if dtype.is_temporal():
        return fact.type == "date" and dtype.base_type() in (pl.Date, pl.Datetime)
    if dtype.is_float() and fact.type in ("set", "text"):
        return False
    return dtype.is_numeric() or dtype in (pl.String, pl.Categorical, pl.Null) or dtype == pl.Enum


# --- the fast path ---------------------------------------------------------------------------


def _fast(cells: pl.Series, column: SourceColumn) -> tuple[pl.Series, pl.Series]:
    """Stored integers where the cell is plain, and the text of the cells that are not."""
    fact, dtype = column.fact, cells.dtype
    if dtype == pl.Null:
        return nothing(len(cells)), cells.cast(pl.String)
    if isinstance(dtype, pl.List):
        return nothing(len(cells)), _joined(cells)
    if dtype == pl.Boolean:
        return cells.cast(pl.Int64), cells.cast(pl.String).clear(len(cells))
    if dtype.is_temporal():
        return _dates(cells, fact)
    if fact.type == "number" and column.multiplier.denominator == 1:
        if dtype.is_integer() or dtype.is_float():
            return _numbers(cells, column)
        return _digits(as_text(_short(cells)), column)
    return nothing(len(cells)), as_text(cells)


def nothing(height: int, dtype: type[pl.DataType] = pl.Int64) -> pl.Series:
    """A column of unknowns."""
    return pl.Series([], dtype=dtype).clear(height)


def as_text(cells: pl.Series) -> pl.Series:
    """Trimmed text; null where the cell says that nothing is known."""
    text = cells.cast(pl.String).str.strip_chars().str.slice(0, _KEPT)
    return where(text, ~text.str.to_lowercase().is_in(list(UNKNOWN_WORDS)))


def _short(cells: pl.Series) -> pl.Series:
    """Decimals as text without the zeros at their end."""
    if isinstance(cells.dtype, pl.Decimal) and cells.dtype.scale:
        return cells.cast(pl.String).str.strip_chars_end("0").str.strip_chars_end(".")
    return cells


def _joined(cells: pl.Series) -> pl.Series:
    """Members of a list in one text; an empty list is an empty set, a missing one is unknown."""
    text = cells.cast(pl.List(pl.String)).list.join(SET_SEPARATOR)
    return where(text, text.is_null() | (text != ""), pl.lit(EMPTY_SET))


def where(values: pl.Series, keep: pl.Series, other: pl.Expr | None = None) -> pl.Series:
    """The values where they are to be kept, else the other ones, or null."""
    frame = pl.DataFrame({"value": values, "keep": keep})
    chosen = pl.when(pl.col("keep")).then(pl.col("value")).otherwise(other)
    return frame.select(chosen.alias("value"))["value"]


def _dates(cells: pl.Series, fact: FactDefinition) -> tuple[pl.Series, pl.Series]:
    zone = getattr(cells.dtype, "time_zone", None)
    if zone:
        cells = cells.dt.convert_time_zone("Asia/Shanghai").dt.replace_time_zone(None)
    days = cells.cast(pl.Date)
    stored = days.to_physical().cast(pl.Int64)
    good = stored.is_between(*fact.bounds).fill_null(value=False)
    return where(stored, good), where(days.cast(pl.String), ~good)


def _digits(text: pl.Series, column: SourceColumn) -> tuple[pl.Series, pl.Series]:
    """Plain decimal text, exactly: digits without the point, over a power of ten."""
    frame = text.alias("text").to_frame()
    written = pl.col("text")
    bare = written.str.replace_all(",", "", literal=True)
    places = bare.str.len_bytes() - bare.str.find(".", literal=True).cast(pl.Int64) - 1
    found = frame.select(
        plain=written.str.contains(_PLAIN) | written.str.contains(_GROUPED),
        places=places.fill_null(0),
        digits=bare.str.replace(".", "", literal=True).cast(pl.Int64, strict=False),
    )
    times = column.multiplier.numerator
    # Twice the digits × multiplier must stay within 64 bits; larger ones go the slow way.
    fits = (pl.col("digits").abs() < _INT64 // (2 * times)) & (pl.col("places") <= _PLACES)
    product = pl.col("digits") * times
    by = pl.lit(10, pl.Int64).pow(pl.col("places")).cast(pl.Int64)
    exact = (product % by) == 0
    rounded = (product * 2 + by) // (by * 2)
    return _checked(
        text,
        found.select(
            stored=rounded,
            good=pl.col("plain") & fits & (exact | pl.lit(not column.fact.is_integer)),
        ),
        column,
    )


def _numbers(cells: pl.Series, column: SourceColumn) -> tuple[pl.Series, pl.Series]:
    """Typed numbers; whole ones exactly, floating ones to the nearest stored unit."""
    times = column.multiplier.numerator
    cell = pl.col("cell")
    if cells.dtype.is_float():
        product = cell.cast(pl.Float64) * times
        whole = product.is_finite() & (product.abs() < _INT64)
        stored = (product + 0.5).floor().cast(pl.Int64, strict=False)
        good = whole & ((product == product.floor()) | pl.lit(not column.fact.is_integer))
    else:
        whole = cell.cast(pl.Float64).abs() < _INT64 // times
        stored = cell.cast(pl.Int64, strict=False) * times
        good = whole
    text = cells.fill_nan(None) if cells.dtype.is_float() else cells
    found = cells.alias("cell").to_frame().select(stored=stored, good=good)
    return _checked(text.cast(pl.String), found, column)


def _checked(
    text: pl.Series, found: pl.DataFrame, column: SourceColumn
) -> tuple[pl.Series, pl.Series]:
    """Keep what lies within bounds; leave the rest, and doubtful shares, to be read as text."""
    good = pl.col("good") & pl.col("stored").is_between(*column.fact.bounds)
    if asks_about_share(column):
        one = column.multiplier.numerator
        good &= (pl.col("stored") == 0) | (pl.col("stored").abs() >= one)
    kept = found.select(good.fill_null(value=False))["good"]
    return where(found["stored"], kept), where(text, ~kept)


# --- text facts ------------------------------------------------------------------------------


def _text(cells: pl.Series) -> Encoded:
    """Names and the like: trimmed; blank words and failed formulas are unknown."""
    text = as_text(cells)
    failed = text.is_in(list(FORMULA_ERRORS)).fill_null(value=False)
    long = (text.str.len_chars() > LONGEST_CELL).fill_null(value=False)
    notes = {
        0: formula_error(),
        1: Note.error("too_long", "内容过长", "只填写这一项的内容"),
    }
    frame = pl.DataFrame({"failed": failed, "long": long})
    number = pl.when("failed").then(0).when("long").then(1).otherwise(None).cast(pl.Int64)
    noted = frame.select(number=number)["number"]
    clean = text.str.replace_all(r"[\x00-\x08\x0b-\x1f\x7f]", "")
    return Encoded(where(clean, noted.is_null()), notes, noted, text)
