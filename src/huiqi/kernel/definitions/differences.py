"""Two texts side by side."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher


@dataclass(frozen=True)
class Line:
    """A line of two texts side by side. ``change``: same, changed, removed, added."""

    change: str
    before: str
    after: str


WORDS = {"same": "", "changed": "改", "removed": "删", "added": "增"}


def differences(before: str, after: str, context: int = 3) -> list[Line | None]:
    """Two texts side by side with some lines around each change; None where lines are left out."""
    old, new = before.splitlines(), after.splitlines()
    lines: list[Line | None] = []
    for group in SequenceMatcher(None, old, new, autojunk=False).get_grouped_opcodes(context):
        if lines:
            lines.append(None)
        for kind, i1, i2, j1, j2 in group:
            lines += _lines(kind, old[i1:i2], new[j1:j2])
    return lines


def _lines(kind: str, old: list[str], new: list[str]) -> Iterable[Line]:
    for at in range(max(len(old), len(new))):
        left, right = (part[at] if at < len(part) else "" for part in (old, new))
        change = "same" if kind == "equal" else "changed"
        if at >= len(old):
            change = "added"
        elif at >= len(new):
            change = "removed"
        yield Line(change, left, right)
