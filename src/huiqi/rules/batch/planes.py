"""Planes: one bit a firm, 64 to a word, the first firm in the lowest bit.

Bits past the last firm are 0 in every plane.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

Plane = npt.NDArray[np.uint64]
Mask = npt.NDArray[np.bool_]
Integers = npt.NDArray[Any]
"""Integers of any width; object for exact ones beyond 64 bits."""

BLOCK = 65_536
"""Rows worked on at a time so that they stay in the processor's cache; a multiple of 64."""


def word_count(rows: int) -> int:
    return (rows + 63) // 64


def blocks(rows: int) -> Iterator[tuple[int, int]]:
    """Starts and stops of consecutive blocks of rows."""
    for start in range(0, rows, BLOCK):
        yield start, min(start + BLOCK, rows)


def full_plane(rows: int) -> Plane:
    """All firms."""
    plane = np.full(word_count(rows), ~np.uint64(0), np.uint64)
    if rows % 64:
        plane[-1] = (1 << rows % 64) - 1
    return plane


def pack(mask: npt.NDArray[Any]) -> npt.NDArray[np.uint8]:
    """Bytes of a plane from a mask (anything but 0 counts)."""
    return np.packbits(mask, bitorder="little")


def pack_plane(mask: Mask) -> Plane:
    plane = np.zeros(word_count(len(mask)), np.uint64)
    octets = pack(mask)
    plane.view(np.uint8)[: len(octets)] = octets
    return plane


def unpack(plane: Plane, start: int, stop: int) -> Mask:
    """The bits of rows from ``start``, a multiple of 8, as a mask."""
    octets = plane.view(np.uint8)[start // 8 : (stop + 7) // 8]
    return np.unpackbits(octets, count=stop - start, bitorder="little").view(np.bool_)


def states_of(certain: Plane, possible: Plane, rows: int) -> npt.NDArray[np.uint8]:
    """For every firm 0 false, 1 unknown, 3 true."""
    sure, maybe = unpack(certain, 0, rows), unpack(possible, 0, rows)
    return maybe.view(np.uint8) + 2 * sure.view(np.uint8)


def bit_numbers(planes: Iterable[tuple[int, Plane]], bits: int, rows: int) -> Integers:
    """For every firm a number whose bit n is set where the plane of n is.

    64-bit integers, or Python's where ``bits`` is more than 64.
    """
    wide = bits > 64
    found: Integers = np.zeros(rows, object if wide else np.uint64)
    for bit, plane in planes:
        where = unpack(plane, 0, rows)
        if wide:
            found[where] |= 1 << bit
        else:
            found |= where.astype(np.uint64) << np.uint64(bit)
    return found


def set_rows(plane: Plane, rows: int) -> npt.NDArray[np.intp]:
    """Rows whose bit is set."""
    return np.flatnonzero(unpack(plane, 0, rows))


def count(plane: Plane) -> int:
    return int(np.bitwise_count(plane).sum(dtype=np.int64))


def as_mask_series(plane: Plane) -> pl.Series:
    """The bits, also those past the last row, for Polars; not copied."""
    bits = plane.size * 64
    array = pa.BooleanArray.from_buffers(pa.bool_(), bits, [None, pa.py_buffer(plane)])
    return _series(array)


def as_series(values: Integers) -> pl.Series:
    """Integers for Polars; not copied."""
    kind = pa.from_numpy_dtype(values.dtype)
    return _series(pa.Array.from_buffers(kind, len(values), [None, pa.py_buffer(values)]))


def _series(array: pa.Array) -> pl.Series:
    series = pl.from_arrow(array)
    assert isinstance(series, pl.Series)
    return series


def plane_of_series(series: pl.Series) -> Plane:
    """A plane from a Boolean series without nulls."""
    array = series.rechunk().to_arrow()
    if array.offset % 8:
        return pack_plane(series.to_numpy())
    buffer = array.buffers()[1]
    octets = np.frombuffer(buffer, np.uint8)[array.offset // 8 :]
    plane = full_plane(len(series))
    length = (len(series) + 7) // 8
    filled = np.zeros(len(plane) * 8, np.uint8)
    filled[:length] = octets[:length]
    return plane & filled.view(np.uint64)
