"""The one loader of definition files: YAML 1.2, strict, with a line for every value.

Refused: duplicate keys, anchors and tags (a definition says what it says where it says it), the
bare words that YAML 1.1 reads as booleans (``yes no on off``) and numbers with leading zeros (octal
there, and a code such as 0112 would lose its zero), because two readers of the same file must
never disagree. Numbers with a fraction become :class:`~decimal.Decimal`,
dates stay text: nothing passes through a binary float.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from huiqi.rules.errors import DefinitionError, Problem

Path_ = tuple[str | int, ...]

_HINT = "；检查这一行和上一行的缩进（用空格，不用制表符）、冒号后的空格、引号和括号"
_FAULTS = {
    "mapping values are not allowed": "同一行里又有一个冒号，或者上一行还没有写完",
    "unexpected end of stream": "引号没有配对",
    "cannot start any token": "有不能放在开头的字符（制表符、@、`），文字请加引号",
    "expected ',' or": "括号没有配对，或者少了逗号",
    "expected '-'": "这一层是一列，每项都以“- ”开头",
    "expected key": "缩进不齐，或者引号后面还有字",
    "block end": "缩进不齐，或者引号后面还有字",
    "unknown escape": "双引号里不能这样写 \\，请改用单引号",
    "document start": "这一行的缩进与上面对不上",
    "node content": "这里应有一个值",
    "unacceptable character": "有看不见的控制字符",
}
"""What the YAML reader says, and what it means for people."""

_NULLS = {"", "~", "null", "Null", "NULL"}
_BOOLEANS = {"true": True, "True": True, "TRUE": True}
_BOOLEANS |= {"false": False, "False": False, "FALSE": False}
_YAML_1_1_BOOLEANS = {"y", "n", "yes", "no", "on", "off"}
_INTEGER = re.compile(r"[-+]?[0-9]+")
_FRACTION = re.compile(r"[-+]?[0-9]+\.[0-9]+")
_LEADING_ZERO = re.compile(r"[-+]?0[0-9]+(\.[0-9]+)?")
_QUOTED = {"'", '"', "|", ">"}
_LONGEST_NUMBER = 60
_DEEPEST = 40


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
    document = Document(file, text, None)
    try:
        events = yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        _Builder(document, events).fill()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise DefinitionError(
            Problem(file, line, f"YAML 写法有误{_in_chinese(str(error.problem))}{_HINT}")
        ) from error
    except yaml.YAMLError as error:
        message = f"YAML 写法有误{_in_chinese(str(error))}{_HINT}"
        raise DefinitionError(Problem(file, 1, message)) from error
    return document


def _in_chinese(problem: str) -> str:
    """``：`` and the fault in words; nothing where only English could be said."""
    return next((f"：{said}" for sign, said in _FAULTS.items() if sign in problem), "")


class _Builder:
    """Turns the parser's events into plain data, remembering lines."""

    def __init__(self, document: Document, events: Iterator[Any]) -> None:
        self.document = document
        self.events = events

    def fill(self) -> None:
        """Read the one document of the file; an empty file has no data."""
        next(self.events)  # start of the stream
        start = next(self.events)
        if isinstance(start, yaml.StreamEndEvent):
            return
        if start.version or start.tags:
            raise self.error(start, "不允许使用 % 开头的指令")
        self.document.data = self.build(next(self.events), ())
        next(self.events)  # end of the document
        if isinstance(second := next(self.events), yaml.DocumentStartEvent):
            raise self.error(second, "一个文件只能有一份内容，不能用 --- 隔开")

    def build(self, event: Any, path: Path_) -> Any:
        self.document.lines[path] = event.start_mark.line + 1
        if event.anchor is not None:
            raise self.error(event, "不允许使用锚点和别名（& 和 *），请把内容写全")
        if event.tag is not None:
            raise self.error(event, f"不允许使用标签 {event.tag}")
        if len(path) > _DEEPEST:
            raise self.error(event, f"嵌套超过 {_DEEPEST} 层")
        if isinstance(event, yaml.MappingStartEvent):
            return self.mapping(path)
        if isinstance(event, yaml.SequenceStartEvent):
            items = enumerate(self.until(yaml.SequenceEndEvent))
            return [self.build(item, (*path, index)) for index, item in items]
        return self.scalar(event)

    def until(self, end: type[Any]) -> Iterator[Any]:
        """The events that begin the parts of a mapping or list."""
        while not isinstance(event := next(self.events), end):
            yield event

    def mapping(self, path: Path_) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for event in self.until(yaml.MappingEndEvent):
            key, line = self.key(event, result), event.start_mark.line + 1
            result[key] = self.build(next(self.events), (*path, key))
            self.document.lines[(*path, key)] = line
        return result

    def key(self, event: Any, known: dict[str, Any]) -> str:
        if not isinstance(event, yaml.ScalarEvent) or event.anchor or event.tag:
            raise self.error(event, "键必须是一个词")
        key = str(event.value)
        if key == "<<":
            raise self.error(event, "不允许使用合并键 <<，请把内容写全")
        if key in known:
            raise self.error(event, f"键“{key}”重复")
        return key

    def scalar(self, event: Any) -> Any:
        value: str = event.value
        if event.style in _QUOTED:
            return value
        if value in _NULLS:
            return None
        if value in _BOOLEANS:
            return _BOOLEANS[value]
        if value.lower() in _YAML_1_1_BOOLEANS:
            hint = "真假请写 true 或 false，文字请加引号"
            raise self.error(event, f"“{value}”有的程序读作真假值；{hint}")
        if _LEADING_ZERO.fullmatch(value):
            raise self.error(event, f"“{value}”以 0 开头，是代码请加引号，是数请去掉前面的 0")
        if _INTEGER.fullmatch(value) or _FRACTION.fullmatch(value):
            return self.number(event)
        return value

    def number(self, event: Any) -> int | Decimal:
        value: str = event.value
        if len(value) > _LONGEST_NUMBER:
            raise self.error(event, f"这个数有 {len(value)} 个字，太长了")
        return Decimal(value) if "." in value else int(value)

    def error(self, event: Any, message: str) -> DefinitionError:
        return DefinitionError(Problem(self.document.file, event.start_mark.line + 1, message))
