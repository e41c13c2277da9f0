"""Rows that are not in the database, for lists: they order, slice and count like a query."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cmp_to_key
from typing import Any


class Records:
    """Objects in memory with what ``Listing`` asks of a query set.

    Ordering goes by attribute; nothing comes after everything, whichever way one sorts.
    """

    def __init__(self, rows: Iterable[Any]) -> None:
        self.rows = list(rows)

    def __iter__(self) -> Iterator[Any]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, part: slice) -> Records:
        return Records(self.rows[part])

    def count(self) -> int:
        return len(self.rows)

    def order_by(self, *names: str) -> Records:
        """By attributes, the first first; ``-`` before a name turns it round; no name: as it is."""
        rows = list(self.rows)
        for name in reversed([name for name in names if name != "pk"]):
            rows.sort(key=cmp_to_key(_comparing(name.lstrip("-"), -1 if name[0] == "-" else 1)))
        return Records(rows)

    def iterator(self, chunk_size: int = 0) -> Iterator[Any]:
        del chunk_size  # all are in memory already
        return iter(self.rows)


def _comparing(name: str, direction: int) -> Any:
    def compare(one: Any, other: Any) -> int:
        a, b = getattr(one, name), getattr(other, name)
        if a is None or b is None:
            return int(a is None) - int(b is None)
        return direction * (int(a > b) - int(a < b))

    return compare
