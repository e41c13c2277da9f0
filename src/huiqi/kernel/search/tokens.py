"""From text to tokens and from what was typed to a query: the part that no database brings.

Neither FTS5 nor PostgreSQL cuts Chinese into words, and trigrams find no word of two characters.
So a run of Chinese becomes its overlapping pairs and, at its end, the last character alone:
社保补贴 → 社保 保补 补贴 贴. A text that holds what was typed holds these one after the other, so a
phrase of tokens is a substring, neither more nor less. Latin words and numbers stay whole; the
last one typed may be a beginning.

Tokens are written in ASCII (``c`` and five hexadecimal digits a character, ``w`` and a word): how
a database's own parser or locale sees Chinese doesn't matter then.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_RUNS = re.compile(r"(?P<word>[a-z0-9]+)|(?P<chinese>[^\W_a-z0-9]+)")
LONGEST_QUERY = 100
_LONGEST_WORD = 60
"""PostgreSQL leaves out words of 2 KB; nobody types that much."""


@dataclass(frozen=True)
class Phrase:
    """Tokens that follow one another; the last may be only the beginning of one."""

    tokens: tuple[str, ...]
    is_open: bool

    def __post_init__(self) -> None:
        assert self.tokens


def normal(text: str) -> str:
    """One form for what looks alike: full width, capitals."""
    return unicodedata.normalize("NFKC", text).lower()


def tokens(text: str) -> list[str]:
    """The tokens of a text, in order."""
    found: list[str] = []
    for match in _RUNS.finditer(normal(text)):
        if word := match["word"]:
            found.append(f"w{word[:_LONGEST_WORD]}")
        else:
            found += _pairs(match["chinese"], closed=True)
    return found


def _pairs(run: str, *, closed: bool) -> list[str]:
    pairs = [_code(run[at : at + 2]) for at in range(len(run) - 1)]
    return [*pairs, _code(run[-1])] if closed or len(run) == 1 else pairs


def _code(characters: str) -> str:
    return "c" + "".join(f"{ord(c):05x}" for c in characters)


def phrases(query: str) -> list[Phrase]:
    """What was typed, each part between spaces as one phrase; empty where there is nothing."""
    parts = normal(query[:LONGEST_QUERY]).split()
    return [phrase for part in parts if (phrase := _phrase(part))]


def _phrase(part: str) -> Phrase | None:
    runs = list(_RUNS.finditer(part))
    found: list[str] = []
    for number, match in enumerate(runs, 1):
        is_last = number == len(runs)
        if word := match["word"]:
            found.append(f"w{word[:_LONGEST_WORD]}")
        else:
            # In the middle the run ends here and in the text; at the end it may go on.
            found += _pairs(match["chinese"], closed=not is_last)
    if not runs:
        return None
    last = runs[-1]
    return Phrase(tuple(found), is_open=bool(last["word"]) or len(last["chinese"]) == 1)
