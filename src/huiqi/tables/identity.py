"""Which rows are firms: the credit code and the name of each, and the rows that are refused.

A row with a wrong credit code is refused: its facts could be given to another firm. A row without a
code but with a name is kept with a warning (people and bodies that have no code yet exist); a
row with neither, a total, or a note under the table is not a firm.
"""

from __future__ import annotations

from typing import NamedTuple

import polars as pl

from huiqi.tables.columns import Encoded, as_text, nothing, where
from huiqi.tables.credit_code import SeenCodes, fault, normal, valid_mask
from huiqi.tables.problems import Note

# Totals, and lines such as “注：…” or “填报人：…” that stand around a table.
_NOT_A_FIRM = r"^\s*(?:[合小总共]\s*计|[^:：]{1,8}[:：])"
_NO_CODE_WORDS = ["无", "没有", "无代码"]
_NEITHER, _TOTAL, _NO_CODE = range(3)
_NOTES = {
    _NEITHER: Note.error(
        "no_identity", "这一行既没有信用代码也没有名称", "补上统一社会信用代码；不是企业的行请删去"
    ),
    _TOTAL: Note.warning(
        "not_a_firm", "像是合计或说明，没有作为企业读取", "如果确实是企业，请补上统一社会信用代码"
    ),
    _NO_CODE: Note.warning(
        "no_code",
        "没有统一社会信用代码，按名称保留",
        "补上代码，否则不能查出重复，也不能与其他部门的数据对上",
    ),
}


class Identified(NamedTuple):
    """Codes and names of a chunk, and which rows are kept."""

    codes: Encoded
    kept: pl.Series


class Identity:
    """Judges the rows of one table, chunk after chunk; remembers the codes it has seen."""

    def __init__(self, *, has_codes: bool) -> None:
        self._has_codes = has_codes
        self._seen = SeenCodes()

    def judge(self, cells: pl.Series | None, names: pl.Series, rows: pl.Series) -> Identified:
        """``cells``: the code column as it is; ``names``: null where unknown; ``rows``: numbers."""
        text = nothing(len(names), pl.String) if cells is None else as_text(cells)
        text = where(text, ~text.is_in(_NO_CODE_WORDS))
        codes, notes, noted = _codes(text)
        frame = pl.DataFrame(
            {"text": text, "name": names, "code": codes, "noted": noted, "row": rows}
        )
        without = pl.col("text").is_null()
        judged = (
            pl.when(without & pl.col("name").is_null())
            .then(_NEITHER)
            .when(pl.col("code").is_null() & pl.coalesce("text", "name").str.contains(_NOT_A_FIRM))
            .then(_TOTAL)
            .when(without & pl.lit(self._has_codes))
            .then(_NO_CODE)
            .otherwise(pl.col("noted") + len(_NOTES))
            .cast(pl.Int64)
        )
        frame = frame.with_columns(noted=judged)
        all_notes = _NOTES | {number + len(_NOTES): note for number, note in notes.items()}
        frame = self._without_repeats(frame, all_notes)
        kept = frame["noted"].is_null() | (frame["noted"] == _NO_CODE)
        seen = text.fill_null(names)
        return Identified(Encoded(frame["code"], all_notes, frame["noted"], seen), kept)

    def _without_repeats(self, frame: pl.DataFrame, notes: dict[int, Note]) -> pl.DataFrame:
        """Note the rows whose code an earlier row has."""
        places = frame["code"].is_not_null().arg_true()
        if not len(places):
            return frame
        chosen = frame[places]
        first = pl.Series(self._seen.first_rows(chosen["code"], chosen["row"]))
        repeated = first != -1
        if not repeated.any():
            return frame
        earlier = first.filter(repeated)
        numbers = {row: len(notes) + place for place, row in enumerate(earlier.unique().to_list())}
        for row, number in numbers.items():
            notes[number] = Note.error(
                "repeated_code", f"与第 {row} 行是同一个信用代码", "只保留一行，或者改正代码"
            )
        noted = frame["noted"].scatter(
            places.filter(repeated), earlier.replace_strict(numbers, return_dtype=pl.Int64)
        )
        return frame.with_columns(noted=noted)


def _codes(text: pl.Series) -> tuple[pl.Series, dict[int, Note], pl.Series]:
    """Right codes in normal form; a note for each wrong one."""
    plain = text.str.to_uppercase()
    right = valid_mask(plain)
    rest = text.to_frame("text").filter(~right & text.is_not_null())["text"].unique().to_list()
    values, numbers = [], []
    notes: dict[int, Note] = {}
    for cell in rest:
        code = normal(cell)
        note = fault(code)
        values.append(code if note is None else None)
        numbers.append(None if note is None else len(notes))
        if note is not None:
            notes[len(notes)] = note
    table = pl.DataFrame(
        {"text": rest, "value": values, "note": numbers},
        schema={"text": pl.String, "value": pl.String, "note": pl.Int64},
    )
    found = text.to_frame("text").join(table, on="text", how="left", maintain_order="left")
    frame = found.with_columns(plain=plain, right=right)
    codes = frame.select(code=pl.when("right").then("plain").otherwise("value"))["code"]
    return codes, notes, found["note"]
