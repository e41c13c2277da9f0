"""The one loader of definition files: YAML 1.2, strict, with a line for every value.

Refused: duplicate keys, anchors and tags (a definition says what it says where it says it),
and the bare words that YAML 1.1 reads as booleans (``yes no on off``), because two readers
of the same file must never disagree. Numbers with a fraction become :class:`~decimal.Decimal`,
dates stay text: nothing passes through a binary float.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from huiqi.rules.errors import DefinitionError, Problem

Path_ = tuple[str | int, ...]

_NULLS = {"", "~", "null", "Null", "NULL"}
_BOOLEANS = {"true": True, "True": True, "TRUE": True}
_BOOLEANS |= {"false": False, "False": False, "FALSE": False}
_YAML_1_1_BOOLEANS = {"y", "n", "yes", "no", "on", "off"}
_INTEGER = re.compile(r"[-+]?[0-9]+")
_FRACTION = re.compile(r"[-+]?[0-9]+\.[0-9]+")


@dataclass
class Document:
    """A parsed file: plain data, and the line on which each value stands."""

    file: str
    text: str
    data: Any
    lines: dict[Path_, int] = field(default_factory=dict)

    def line(self, path: Path_) -> int:
        """Line of the value at ``path``, or of the nearest value that encloses it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def problem(self, path: Path_, message: str) -> Problem:
        return Problem(self.file, self.line(path), message)


def load(path: Path, shown_as: str | None = None) -> Document:
    """Read one file. Raises DefinitionError naming file and line."""
    file = shown_as or str(path)
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        raise DefinitionError(Problem(file, line, "文件不是 UTF-8 编码，请另存为 UTF-8")) from error
    return parse(text, file)


def parse(text: str, file: str) -> Document:
    """Parse the text of one file. Raises DefinitionError naming file and line."""
    try:
        root = yaml.compose(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise DefinitionError(Problem(file, line, f"YAML 写法有误：{error.problem}")) from error
    except yaml.YAMLError as error:
        raise DefinitionError(Problem(file, 1, f"YAML 写法有误：{error}")) from error
    document = Document(file, text, None)
    if root is not None:
        document.data = _Constructor(document).build(root, ())
    return document


class _Constructor:
    """Turns the composed node tree into plain data, remembering lines."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.seen: set[int] = set()

    def build(self, node: Any, path: Path_) -> Any:
        self.document.lines[path] = node.start_mark.line + 1
        if id(node) in self.seen:
            raise self.error(node, "不允许使用锚点和别名（& 和 *），请把内容写全")
        self.seen.add(id(node))
        if isinstance(node, yaml.MappingNode):
            return self.mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.build(item, (*path, index)) for index, item in enumerate(node.value)]
        return self.scalar(node)

    def mapping(self, node: Any, path: Path_) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                raise self.error(key_node, "键必须是一个词")
            key = str(key_node.value)
            if key == "<<":
                raise self.error(key_node, "不允许使用合并键 <<，请把内容写全")
            if key in result:
                raise self.error(key_node, f"键“{key}”重复")
            result[key] = self.build(value_node, (*path, key))
            self.document.lines[(*path, key)] = key_node.start_mark.line + 1
        return result

    def scalar(self, node: Any) -> Any:
        value: str = node.value
        if node.style in _QUOTED:
            return value
        if node.tag not in _CORE_TAGS:
            raise self.error(node, f"不允许使用标签 {node.tag}")
        if value in _NULLS:
            return None
        if value in _BOOLEANS:
            return _BOOLEANS[value]
        if value.lower() in _YAML_1_1_BOOLEANS:
            hint = "真假请写 true 或 false，文字请加引号"
            raise self.error(node, f"“{value}”有的程序读作真假值；{hint}")
        if _INTEGER.fullmatch(value):
            return int(value)
        if _FRACTION.fullmatch(value):
            return Decimal(value)
        return value

    def error(self, node: Any, message: str) -> DefinitionError:
        return DefinitionError(Problem(self.document.file, node.start_mark.line + 1, message))


_QUOTED = {"'", '"', "|", ">"}
_CORE_TAGS = {
    f"tag:yaml.org,2002:{name}"
    for name in ("str", "int", "float", "bool", "null", "timestamp", "merge", "value")
}
