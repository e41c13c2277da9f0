"""Writes plain data as the text of a definition file: what ``strict_yaml.parse`` reads back.

Comments are not data: a text written by hand loses them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from huiqi.rules.errors import DefinitionError
from huiqi.rules.strict_yaml import parse

_STEP = "  "
_SHORT = 100
"""Lists and mappings of plain values that fit on a line of this length stay on one."""


def write(data: Mapping[str, Any]) -> str:
    """The text of a definition; parsing it gives the same data."""
    return "\n".join(_mapping(data, "")) + "\n"


def _mapping(data: Mapping[str, Any], indent: str) -> Iterator[str]:
    for key, value in data.items():
        start = f"{indent}{scalar(key)}:"
        flow = _flow(value)
        if flow is not None and len(start) + len(flow) < _SHORT:
            yield f"{start} {flow}".rstrip()
        elif isinstance(value, Mapping):
            yield start
            yield from _mapping(value, indent + _STEP)
        elif isinstance(value, list):
            yield start
            yield from _list(value, indent + _STEP)
        else:
            yield f"{start} {scalar(value)}"


def _list(items: list[Any], indent: str) -> Iterator[str]:
    for item in items:
        if isinstance(item, Mapping) and item:
            first, *rest = _mapping(item, indent + _STEP)
            yield f"{indent}- {first.lstrip()}"
            yield from rest
        elif isinstance(item, list) and item:
            yield f"{indent}- {_flow(item, nested=True)}"
        else:
            yield f"{indent}- {_flow(item)}"


def _flow(value: Any, *, nested: bool = False) -> str | None:
    """A value on one line; None for what is better written on several."""
    if isinstance(value, Mapping):
        parts = [(scalar(key, flow=True), _flow(item, nested=True)) for key, item in value.items()]
        deep = any(isinstance(item, Mapping | list) and item for item in value.values())
        if deep and not nested:
            return None
        return "{" + ", ".join(f"{key}: {part}" for key, part in parts) + "}"
    if isinstance(value, list):
        deep = any(isinstance(item, Mapping | list) and item for item in value)
        if deep and not nested:
            return None
        return "[" + ", ".join(str(_flow(item, nested=True)) for item in value) + "]"
    return scalar(value, flow=nested)


def scalar(value: Any, *, flow: bool = False) -> str:
    """A value as YAML writes it: texts plain where they are read back as they are, else quoted."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | Decimal):
        return str(value)
    text = str(value)
    return text if _is_plain(text, flow=flow) else json.dumps(text, ensure_ascii=False)


def _is_plain(text: str, *, flow: bool) -> bool:
    if not text or text != text.strip() or "\n" in text:
        return False
    sample = f"[{text}, x]" if flow else f"- {text}"
    try:
        read = parse(sample, "").data
    except DefinitionError:
        return False
    return bool(read == ([text, "x"] if flow else [text]))
