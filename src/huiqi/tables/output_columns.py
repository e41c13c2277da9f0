"""Result columns: what they are called, what they hold, and how values become text.

Stored integers go in, exact decimals come out: money is fen (分) and leaves as yuan with two
decimals, shares are millionths and leave as per cent. No floating-point number is involved.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import polars as pl

Kind = Literal["text", "money_yuan", "integer", "date", "percent", "long_text"]
Rows = Iterable[Sequence[Any]]

MONEY_PLACES = 2
PERCENT_PLACES = 4  # a millionth is 0.0001 %
_STORED: dict[str, type[pl.DataType]] = {
    "text": pl.String,
    "long_text": pl.String,
    "money_yuan": pl.Int64,
    "integer": pl.Int64,
    "percent": pl.Int64,
    "date": pl.Date,
}
# C0 and C1 controls except tab and line feed, and what XML cannot hold.
_CONTROLS = r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u{fffe}\u{ffff}]"
_LIVE = r"^(?:\s*[=+\-@＝＋－＠]|[\t\r])"
_PLAIN_NUMBER = r"^[+-]?\d+(?:\.\d+)?%?$"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a result table."""

    name: str
    kind: Kind = "text"
    width: float | None = None
    """In characters; a usual width for the kind by default."""


def as_frame(data: pl.DataFrame | Rows, columns: Sequence[Column]) -> pl.DataFrame:
    """The data with the columns' names and stored types, control characters removed."""
    if isinstance(data, pl.DataFrame):
        if data.width != len(columns):
            raise ValueError(f"{data.width} columns given, {len(columns)} expected")
        frame = data.rename(dict(zip(data.columns, _positions(columns), strict=True)))
    else:
        frame = pl.DataFrame(
            [tuple(row) for row in data],
            schema=dict.fromkeys(_positions(columns)),
            orient="row",
            infer_schema_length=None,
        )
    return frame.select(
        _stored(pl.col(name), column, frame.schema[name])
        for name, column in zip(_positions(columns), columns, strict=True)
    )


def _positions(columns: Sequence[Column]) -> list[str]:
    """Names that are surely different: two columns of a sheet may have one title."""
    return [str(position) for position in range(len(columns))]


def _stored(values: pl.Expr, column: Column, dtype: pl.DataType) -> pl.Expr:
    wanted = _STORED[column.kind]
    if wanted is pl.String:
        text = values.cast(pl.String).str.replace_all("\r\n?", "\n")
        return text.str.replace_all(_CONTROLS, "")
    if wanted is pl.Int64 and not (dtype.is_integer() or dtype == pl.Null):
        raise TypeError(f"column {column.name} takes integers, not {dtype}")
    if wanted is pl.Date and dtype.is_integer():
        return values.cast(pl.Int32).cast(pl.Date)  # days since 1970-01-01
    return values.cast(wanted)


def decimal_text(values: pl.Expr, places: int, *, fixed: bool = True) -> pl.Expr:
    """An integer of ``10**-places`` as decimal text, with all places or only those needed."""
    digits = values.abs().cast(pl.String).str.zfill(places + 1)
    sign = pl.when(values < 0).then(pl.lit("-")).otherwise(pl.lit(""))
    text = pl.concat_str(sign, digits.str.head(-places), pl.lit("."), digits.str.tail(places))
    return text if fixed else text.str.strip_chars_end("0").str.strip_chars_end(".")


def harmless(values: pl.Expr) -> pl.Expr:
    """Text that a spreadsheet opening a CSV does not take for a formula."""
    live = values.str.contains(_LIVE) & ~values.str.contains(_PLAIN_NUMBER)
    return pl.when(live).then(pl.concat_str(pl.lit("'"), values)).otherwise(values)


def csv_cell(values: pl.Expr, kind: Kind) -> pl.Expr:
    """The column as text for a CSV file; the expression has no name of its own."""
    if kind == "money_yuan":
        return decimal_text(values, MONEY_PLACES)
    if kind == "percent":
        return decimal_text(values, PERCENT_PLACES, fixed=False) + "%"
    if kind in ("integer", "date"):
        return values.cast(pl.String)
    return harmless(values)


def parquet_cell(values: pl.Expr, kind: Kind) -> pl.Expr:
    """The column as an exact type: yuan and per cent are decimals."""
    if kind == "money_yuan":
        return decimal_text(values, MONEY_PLACES).cast(pl.Decimal(20, MONEY_PLACES))
    if kind == "percent":
        return decimal_text(values, PERCENT_PLACES).cast(pl.Decimal(20, PERCENT_PLACES))
    return values
