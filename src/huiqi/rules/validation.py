"""Plain data against a pydantic model, with every fault on its line and in Chinese."""

from __future__ import annotations

from typing import TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from huiqi.rules.errors import DefinitionError, Problem
from huiqi.rules.strict_yaml import Document, Path_
from huiqi.rules.suggestions import suggest

_M = TypeVar("_M", bound=BaseModel)


def validate(document: Document, model: type[_M]) -> _M:
    """The document as ``model``. Raises DefinitionError with every fault, each with its line."""
    try:
        return model.model_validate(document.data)
    except ValidationError as error:
        problems = [_problem(document, model, detail) for detail in error.errors()]
        raise DefinitionError(problems) from error


def _problem(document: Document, model: type[BaseModel], detail: ErrorDetails) -> Problem:
    path: Path_ = tuple(detail["loc"])
    where = ".".join(str(part) for part in path) or "文件"
    return document.problem(path, f"{where}：{_message(model, detail)}")


_KINDS = {
    "string_type": "文字（像数字的文字要加引号）",
    "bool_type": " true 或 false",
    "model_type": "一组“键: 值”",
    "dict_type": "一组“键: 值”",
    "int_type": "整数",
    "decimal_type": "数",
    "list_type": "一列，如 [甲, 乙]",
}


def _message(model: type[BaseModel], detail: ErrorDetails) -> str:
    context, kind = detail.get("ctx", {}), detail["type"]
    if kind in _KINDS:
        shown = "空的" if detail["input"] is None else repr(detail["input"])
        return f"应是{_KINDS[kind]}，却是 {shown}"
    match kind:
        case "missing":
            return "缺少这一项"
        case "extra_forbidden":
            known = [field.alias or name for name, field in model.model_fields.items()]
            return f"没有这个键{suggest(str(detail['loc'][-1]), known)}"
        case "literal_error":
            allowed = str(context.get("expected")).replace(" or ", "、").replace("'", "")
            return f"只能是 {allowed}，却是“{detail['input']}”"
        case "too_short":
            return f"至少要有 {context.get('min_length')} 项"
        case "string_pattern_mismatch":
            return f"“{detail['input']}”不合写法 {context.get('pattern')}"
        case "date_from_datetime_parsing" | "date_type" | "date_parsing":
            return f"应是日期，如 2024-05-01，却是“{detail['input']}”"
        case "value_error":
            return str(context["error"])
        case _:
            return f"不能是“{detail['input']}”，请对照 docs/schema 里的写法"
