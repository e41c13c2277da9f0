"""Columns of firms in the form conditions are computed from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl

from huiqi.rules.batch.plan import FactUse
from huiqi.rules.batch.planes import (
    Integers,
    Mask,
    Plane,
    as_series,
    blocks,
    full_plane,
    pack,
    plane_of_series,
    word_count,
)
from huiqi.rules.ir import Bounds

TABLE_SPAN = 1 << 16
"""Ranks come from a table when the cut points are many and so close together."""

FEW_CUTS = 8
MANY_CUTS = 64


@dataclass(eq=False)
class Column:
    """One fact of the firms of a chunk."""

    known: Plane | None
    """Firms whose value is known; None when all are."""

    digits: Plane
    """For conditions on the fact: the rank of the value among the program's cut points, one plane
    a binary digit, lowest first; then a plane for each member of a set that is looked at. All 0
    where the value is unknown."""

    values: Integers | None
    """The integers, where they are calculated with; meaningless where unknown."""

    bounds: Bounds
    """Smallest and largest known value."""

    @cached_property
    def series(self) -> pl.Series:
        """The values for Polars, not copied."""
        assert self.values is not None
        return as_series(self.values)


@dataclass(eq=False)
class Columns:
    """A chunk of firms: a column for each fact of the program."""

    rows: int
    facts: Mapping[str, Column]

    @property
    def words(self) -> int:
        return word_count(self.rows)

    @cached_property
    def valid(self) -> Plane:
        """All firms of the chunk."""
        return full_plane(self.rows)

    @property
    def nullable(self) -> frozenset[str]:
        """Facts that are unknown for some firm of the chunk."""
        return frozenset(key for key, column in self.facts.items() if column.known is not None)

    def known(self, key: str) -> Plane:
        known = self.facts[key].known
        return self.valid if known is None else known

    def unknown(self, key: str) -> Plane:
        return self.valid ^ self.known(key)

    def known_all(self, keys: Iterable[str]) -> Plane:
        """Firms for which all these facts are known."""
        found = self.valid
        for key in keys:
            known = self.facts[key].known
            if known is not None:
                found = known if found is self.valid else found & known
        return found

    def values(self, key: str) -> Integers:
        values = self.facts[key].values
        assert values is not None, f"the values of {key} were not kept"
        return values


def encode(
    frame: pl.DataFrame, uses: Mapping[str, FactUse], *, keep_values: bool = False
) -> Columns:
    """Columns from a frame of stored integers, null where unknown, one column a fact key.

    A fact without a column is unknown for all. ``keep_values``: of all facts, not only where the
    program calculates with them. Raises TypeError for a column of anything else.
    """
    facts = {}
    for key, use in uses.items():
        if key in frame.columns:
            facts[key] = column_of(frame[key], use, keep_values=keep_values or use.arithmetic)
        else:
            facts[key] = unknown_column(frame.height, use)
    return Columns(frame.height, facts)


def column_of(series: pl.Series, use: FactUse, *, keep_values: bool) -> Column:
    """One fact; see ``encode``."""
    if not is_stored(series):
        raise TypeError(f"the column {use.key} holds {series.dtype}, not stored integers")
    if series.dtype == pl.Boolean:
        series = series.cast(pl.UInt8)
    known = plane_of_series(series.is_not_null()) if series.null_count() else None
    values = stored_values(series)
    digits = digits_of_known(values, use, known)
    if not keep_values:
        return Column(known, digits, None, (0, 0))
    low, high = series.min(), series.max()
    bounds = (low, high) if isinstance(low, int) and isinstance(high, int) else (0, 0)
    return Column(known, digits, values, bounds)


def is_stored(series: pl.Series) -> bool:
    """Whether a column can be that of a fact."""
    kind = series.dtype
    return kind == pl.Boolean or (kind.is_integer() and kind not in (pl.UInt64, pl.Int128))


def unknown_column(rows: int, use: FactUse) -> Column:
    """A fact that no firm has."""
    words = word_count(rows)
    digits = np.zeros((use.digits + len(use.bits), words), np.uint64)
    return Column(np.zeros(words, np.uint64), digits, np.zeros(rows, np.int8), (0, 0))


def stored_values(series: pl.Series) -> Integers:
    """The values as they lie in memory; what stands in place of a null means nothing."""
    array = series.rechunk().to_arrow()
    dtype = array.type.to_pandas_dtype()
    return np.frombuffer(array.buffers()[1], dtype)[array.offset : array.offset + len(array)]


def digits_of_known(values: Integers, use: FactUse, known: Plane | None) -> Plane:
    """The digits of a column: 0 where the value is unknown."""
    digits = digit_planes(values, use)
    if known is not None:
        digits &= known
    return digits


def digit_planes(values: Integers, use: FactUse) -> Plane:
    """Planes of the ranks of all values, then those of the members of a set."""
    rows = len(values)
    planes = np.zeros((use.digits + len(use.bits), word_count(rows)), np.uint64)
    octets = planes.view(np.uint8)
    if not len(planes):
        return planes
    ranking = Ranking(use.cuts)
    for start, stop in blocks(rows):
        block = values[start:stop]
        at = slice(start // 8, (stop + 7) // 8)
        for number, digit in enumerate(ranking.digits(block)):
            octets[number, at] = pack(digit)
        for number, bit in enumerate(use.bits, use.digits):
            octets[number, at] = pack((block >> bit & 1).astype(np.bool_))
    return planes


class Ranking:
    """Counts how many of some cut points lie at or below each value."""

    def __init__(self, cuts: tuple[int, ...]) -> None:
        self.cuts = cuts
        self.rank_dtype = np.uint8 if len(cuts) < 256 else np.uint16
        self.table: Integers | None = None
        if len(cuts) > FEW_CUTS and cuts[-1] - cuts[0] < TABLE_SPAN:
            steps = np.zeros(cuts[-1] - cuts[0] + 2, np.bool_)
            steps[np.array(cuts) - (cuts[0] - 1)] = True
            self.table = np.cumsum(steps, dtype=self.rank_dtype)

    def digits(self, values: Integers) -> Iterator[Integers]:
        """The binary digits of the ranks, lowest first; anything but 0 is a 1."""
        if len(self.cuts) == 1:
            yield values >= self.cuts[0]
            return
        ranks = self._ranks(values)
        for digit in range(len(self.cuts).bit_length()):
            bits = ranks & self.rank_dtype(1 << digit)
            yield bits if bits.dtype == np.uint8 else bits != 0

    def _ranks(self, values: Integers) -> Integers:
        if self.table is not None:
            low, high = self.cuts[0] - 1, self.cuts[-1]
            return self.table.take(np.clip(values.astype(np.int64), low, high) - low)
        if len(self.cuts) > MANY_CUTS:
            return np.searchsorted(self.cuts, values, "right").astype(self.rank_dtype)
        ranks: Integers = np.zeros(len(values), self.rank_dtype)
        reached: Mask = np.empty(len(values), np.bool_)
        for cut in self.cuts:
            np.greater_equal(values, cut, out=reached)
            ranks += reached.view(np.uint8)
        return ranks
