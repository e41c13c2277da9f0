"""Offers the nearest of the words that are known."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def suggest(word: str, known: Iterable[str]) -> str:
    """``；是不是“甲”“乙”？`` — the nearest of the words known, or nothing."""
    known = list(known)
    near = difflib.get_close_matches(word, known, n=3, cutoff=0.5)
    near += [name for name in known if word in name and name not in near][: 3 - len(near)]
    return f"；是不是{''.join(f'“{name}”' for name in near)}？" if near else ""
