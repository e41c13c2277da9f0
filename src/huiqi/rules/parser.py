"""Text of an expression → syntax tree.

Raises ExpressionError with the place and what would be right.
"""

from __future__ import annotations

import re
from datetime import date
from fractions import Fraction
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from lark import Lark, Token, Transformer, Tree
from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken, VisitError

from huiqi.rules import syntax
from huiqi.rules.errors import ExpressionError
from huiqi.rules.units import PLAIN, Quantity, parse_quantity

_PLAIN_OPERATORS = dict(
    zip("≥≤≠＞＜＝×÷", (">=", "<=", "!=", ">", "<", "=", "*", "/"), strict=True)
)
_MINUS_ONE = Quantity(Fraction(-1), PLAIN, "")
_DEEPEST = 160
_JUNCTION_CALLS = {"任一": "any", "全部": "all"}


@cache
def _lark() -> Lark:
    text = files("huiqi.rules").joinpath("grammar.lark").read_text(encoding="utf-8")
    return Lark(text, parser="lalr", lexer="contextual", propagate_positions=True)


@lru_cache(maxsize=10_000)
def parse(text: str) -> syntax.Expression:
    """The syntax tree of an expression."""
    try:
        tree = _lark().parse(text)
        _require_shallow(tree)
        result: syntax.Expression = _ToSyntax().transform(tree)
    except UnexpectedInput as error:
        raise _explained(text, error) from error
    except VisitError as error:
        if isinstance(error.orig_exc, ExpressionError):
            raise error.orig_exc from error
        raise
    return result


def _require_shallow(tree: Tree[Token]) -> None:
    """Every pass over an expression goes down its nesting: refuse what would not come back up."""
    waiting = [(tree, 1)]
    while waiting:
        node, depth = waiting.pop()
        if depth > _DEEPEST:
            raise ExpressionError("表达式嵌套太深或太长，请用 define 分成几段")
        # a + b + c becomes (a + b) + c: each part lies one level deeper
        below = depth + (len(node.children) if node.data == "chain" else 1)
        waiting.extend((child, below) for child in node.children if isinstance(child, Tree))


def _explained(text: str, error: UnexpectedInput) -> ExpressionError:
    column = int(getattr(error, "column", 0) or 0)
    at_end = isinstance(error, UnexpectedToken) and error.token.type == "$END"
    if at_end or column <= 0 or column > len(text):
        return ExpressionError(f"表达式“{text}”没有写完")
    rest = text[column - 1 :]
    if isinstance(error, UnexpectedCharacters) and rest[0] in "；;！!？?“”\"'":
        return ExpressionError(f"表达式中不能用“{rest[0]}”", column)
    word = re.match(r"\w+|\S", rest)
    shown = word.group() if word else rest[0]
    if shown[0] in "<>=≥≤≠＞＜＝":
        return ExpressionError("一次只能比较一回；两头都有界限写作 甲 介于 下限 至 上限", column)
    glued = re.search(r"[且或非]", shown)
    if not glued and shown[0].isdigit() and (unit := re.match(r"\d[\d,.]*(\w+)", rest)):
        return ExpressionError(f"看不懂“{unit.group()}”：没有“{unit.group(1)}”这个单位", column)
    hint = "且、或、非、属于、位于、包含、距今等词的两边要有空格，列表写作 [甲, 乙]"
    return ExpressionError(f"看不懂“{shown}”；{hint}", column)


class _ToSyntax(Transformer[Token, Any]):
    """Lark's tree → syntax nodes."""

    def __init__(self) -> None:
        super().__init__(visit_tokens=False)

    def _call_userfunc(self, tree: Tree[Token], new_children: Any = None) -> Any:
        self.at = (tree.meta.column if not tree.meta.empty else 1) or 1
        return super()._call_userfunc(tree, new_children)  # type: ignore[no-untyped-call]  # lark

    def any_of(self, items: list[Any]) -> Any:
        return items[0] if len(items) == 1 else syntax.Junction(self.at, "any", tuple(items))

    def all_of(self, items: list[Any]) -> Any:
        return items[0] if len(items) == 1 else syntax.Junction(self.at, "all", tuple(items))

    def negation(self, items: list[Any]) -> syntax.Negation:
        return syntax.Negation(self.at, items[0])

    def comparison(self, items: list[Any]) -> syntax.Comparison:
        left, operator, right = items
        return syntax.Comparison(self.at, _operator(operator), left, right)

    def between(self, items: list[Any]) -> syntax.Junction:
        subject, _, low, _, high = items
        parts = (
            syntax.Comparison(self.at, ">=", subject, low),
            syntax.Comparison(self.at, "<=", subject, high),
        )
        return syntax.Junction(self.at, "all", parts)

    def _options(self, items: list[Any]) -> syntax.Options:
        subject, relation, options = items
        negated = relation.startswith("不")
        word = str(relation).removeprefix("不")
        return syntax.Options(self.at, _name(subject), word, negated, options)

    belongs = located = contains = _options

    def options(self, items: list[Any]) -> tuple[syntax.Name, ...]:
        return tuple(item for item in items if item is not None)

    def option(self, items: list[Token]) -> syntax.Name:
        return _name(items[0])

    def since(self, items: list[Any]) -> syntax.Since:
        subject, _, relation, period = items
        return syntax.Since(self.at, _name(subject), str(relation), _number(period))

    def chain(self, items: list[Any]) -> Any:
        result = items[0]
        for operator, right in zip(items[1::2], items[2::2], strict=True):
            result = syntax.Binary(operator.column, _operator(operator), result, right)
        return result

    def minus(self, items: list[Any]) -> syntax.Binary:
        return syntax.Binary(self.at, "*", syntax.Number(self.at, "-1", _MINUS_ONE), items[0])

    def quantity(self, items: list[Token]) -> syntax.Number:
        return _number(items[0])

    def date(self, items: list[Token]) -> syntax.Day:
        try:
            return syntax.Day(self.at, date.fromisoformat(items[0]))
        except ValueError as error:
            raise ExpressionError(f"没有“{items[0]}”这一天", self.at) from error

    def name(self, items: list[Token]) -> syntax.Name:
        return _name(items[0])

    def arguments(self, items: list[Any]) -> tuple[Any, ...]:
        return tuple(items)

    def bracket(self, items: list[Any]) -> syntax.Bracket:
        return syntax.Bracket(self.at, items[0], items[1])

    def call(self, items: list[Any]) -> syntax.Junction | syntax.Call:
        name, arguments = str(items[0]), items[1]
        if name in _JUNCTION_CALLS:
            return syntax.Junction(self.at, _JUNCTION_CALLS[name], arguments)
        return syntax.Call(self.at, name, arguments)

    def at_least(self, items: list[Any]) -> syntax.Junction:
        count = int("".join(character for character in items[0] if character.isdigit()))
        if not 1 <= count <= len(items[1]):
            raise ExpressionError(f"至少{count}项，但只列出了 {len(items[1])} 项", self.at)
        return syntax.Junction(self.at, "at_least", items[1], count)


def _operator(token: Token) -> str:
    return _PLAIN_OPERATORS.get(str(token), str(token))


def _name(token: Token) -> syntax.Name:
    return syntax.Name(token.column or 1, str(token))


def _number(token: Token) -> syntax.Number:
    quantity = parse_quantity(str(token))
    if quantity is None:
        raise ExpressionError(f"看不懂数量“{token}”", token.column)
    return syntax.Number(token.column or 1, str(token), quantity)
