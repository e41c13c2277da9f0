"""PDF from a Typst template and plain data.

The data reaches the template as JSON and never as markup: whatever a name or a text holds, it is
printed and not run. Files are PDF/A-2a (ISO 19005-2, for archives) and PDF/UA-1 (ISO 14289-1, for
screen readers) at once; the same template, data and day give the same bytes.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from functools import cache, partial
from pathlib import Path
from threading import Lock
from typing import Any

import typst
from django.core.serializers.json import DjangoJSONEncoder
from django.template.utils import get_app_template_dirs

FONTS = Path(__file__).with_name("fonts")
ROOT = Path(__file__).resolve().parents[2]
"""Templates may import from here: ``/kernel/pdf/templates/pdf/layout.typ``."""

GETA = "〓"
"""Stands for a character that no font has, as printers have always done."""

_STANDARDS: list[Any] = ["a-2a", "ua-1"]
_MISSING = re.compile(r'the text `"((?:[^"\\]|\\.)+)"` could not be displayed')
_ROUNDS = 40
"""Characters without a glyph are reported one or a few at a time."""

_WITHOUT_GLYPH = {"Cc", "Cs", "Co", "Cn"}
"""Control, surrogate, private use, unassigned: old registers hold rare characters so."""


def render(template: str, data: Mapping[str, Any], *, on: date) -> bytes:
    """A PDF. ``template``: name of a ``.typ`` file in the ``templates`` folder of an app.

    ``data``: plain data, dates allowed; the template reads ``json(bytes(sys.inputs.data))``.
    ``on``: the day the file says it was made. Characters that no font here has are printed as 〓
    and listed under ``data.missing``, which the layout prints as a note.
    Raises FileNotFoundError for an unknown template, typst.TypstError for a wrong one.
    """
    path, missing = _path(template), set[str]()
    plain = _mapped(
        json.loads(json.dumps(data, cls=DjangoJSONEncoder)), partial(_clean, missing=missing)
    )
    for _ in range(_ROUNDS):
        try:
            return _compile(path, {**plain, "missing": _named(missing)}, on)
        except typst.TypstError as error:
            found = set(_MISSING.findall(f"{error.message}\n{error.diagnostic}"))
            if not found:
                raise
            missing |= found
            plain = _mapped(plain, partial(_without, missing=missing))
    raise ValueError(f"{template}: more than {_ROUNDS} rounds of characters without a glyph")


@cache
def _path(template: str) -> Path:
    for folder in get_app_template_dirs("templates"):
        path = Path(folder) / template
        if path.is_file():
            return path
    raise FileNotFoundError(template)


def _mapped(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, list):
        return [_mapped(one, change) for one in value]
    if isinstance(value, dict):
        return {key: _mapped(one, change) for key, one in value.items()}
    return value


def _clean(text: str, *, missing: set[str]) -> str:
    """Without characters that no font can have; control characters vanish."""
    odd = {c for c in text if unicodedata.category(c) in _WITHOUT_GLYPH and c not in "\n\t"}
    missing |= {c for c in odd if unicodedata.category(c) != "Cc"}
    return text.translate({ord(c): "" if unicodedata.category(c) == "Cc" else GETA for c in odd})


def _without(text: str, *, missing: set[str]) -> str:
    for one in missing:
        text = text.replace(one, GETA)
    return text


def _named(missing: set[str]) -> list[str]:
    """U+20000 …: how a clerk finds the character that is not printed."""
    return sorted("+".join(f"U+{ord(c):04X}" for c in text) for text in missing)


# One compiler for the process: it keeps the fonts and what does not change between two files.
# Only one thread at a time may hold it: its inputs belong to it, not to a call.
_ONE_AT_A_TIME = Lock()


@cache
def _compiler() -> typst.Compiler:
    # The system's fonts too: where fonts-noto-cjk is installed, rarer characters have glyphs.
    fonts = typst.Fonts(include_embedded_fonts=False, font_paths=[FONTS])
    return typst.Compiler(root=ROOT, font_paths=fonts)


def _compile(path: Path, data: Mapping[str, Any], on: date) -> bytes:
    with _ONE_AT_A_TIME:
        made = _compiler().compile(
            input=path,
            format="pdf",
            sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
            pdf_standards=_STANDARDS,
            timestamp=datetime(on.year, on.month, on.day, tzinfo=UTC),
        )
    assert isinstance(made, bytes)  # one PDF; pages as images would be a list
    return made
