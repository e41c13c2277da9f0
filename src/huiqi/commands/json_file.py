"""JSON files that people give a command: read strictly, faults said in their words."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from huiqi.commands.outcome import Failed
from huiqi.tables.errors import reason


def read_object(path: Path, parse_float: Callable[[str], Any]) -> dict[str, Any]:
    """The object a file holds. Raises Failed; of a key given twice nobody knows which is meant."""
    try:
        text = path.read_text(encoding="utf-8-sig")
        raw = json.loads(text, parse_float=parse_float, object_pairs_hook=_distinct)
    except FileNotFoundError as error:
        raise Failed(f"没有 {path} 这个文件") from error
    except UnicodeDecodeError as error:
        raise Failed(f"{path} 不是 UTF-8 编码，请另存为 UTF-8") from error
    except OSError as error:
        raise Failed(f"{path} 读不出来：{reason(error)}") from error
    except json.JSONDecodeError as error:
        place = f"第 {error.lineno} 行第 {error.colno} 个字"
        raise Failed(f"{path} {place}处不是正确的 JSON") from error
    except _Twice as error:
        raise Failed(f"{path}：“{error}”写了两次，请只留一个") from error
    except (ValueError, RecursionError) as error:
        raise Failed(f"{path} 里的数太长或者嵌套太深") from error
    if not isinstance(raw, dict):
        raise Failed(f"{path} 应是一个对象：{{“键”: 值, …}}")
    return raw


class _Twice(Exception):
    """A key that an object has twice."""


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise _Twice(key)
        found[key] = value
    return found
