"""Pure parts: what differs between before and after."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

_NOTHING = object()


@dataclass(frozen=True)
class Difference:
    """One value that changed. ``path``: the keys that lead to it, from the outside in."""

    path: tuple[str, ...]
    before: Any
    after: Any
    is_new: bool
    is_gone: bool


def differences(before: Any, after: Any) -> list[Difference]:
    """What differs between two pieces of plain data, in the order of the keys.

    ``None`` on the outside means that nothing was recorded.
    """
    return list(
        _compare((), _NOTHING if before is None else before, _NOTHING if after is None else after)
    )


def _compare(path: tuple[str, ...], before: Any, after: Any) -> Iterator[Difference]:
    if isinstance(before, dict) or isinstance(after, dict):
        old = before if isinstance(before, dict) else {}
        new = after if isinstance(after, dict) else {}
        for key in sorted(old.keys() | new.keys()):
            yield from _compare((*path, key), old.get(key, _NOTHING), new.get(key, _NOTHING))
    elif before != after:
        is_new, is_gone = before is _NOTHING, after is _NOTHING
        yield Difference(
            path, None if is_new else before, None if is_gone else after, is_new, is_gone
        )
