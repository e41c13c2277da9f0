"""Names, types and units: syntax tree → typed tree.

Everything wrong is an ExpressionError that says what would be right: the nearest fact names,
the unit that is missing, the values a code may take.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise

from huiqi.rules import syntax, typed
from huiqi.rules.dates import to_days
from huiqi.rules.dimensions import (
    in_words,
    mismatch,
    require_dimension,
    require_percent,
    require_same,
)
from huiqi.rules.errors import ExpressionError
from huiqi.rules.parser import parse
from huiqi.rules.suggestions import suggest
from huiqi.rules.units import (
    DAYS,
    MONTHS,
    WORKDAYS,
    Dimension,
    divide,
    example_unit,
    multiply,
)
from huiqi.rules.vocabulary import FactDefinition, Vocabulary

TODAY = "今天"
SIZE_FORMULA = "size"
_PERIODS = {MONTHS: "months", DAYS: "days", WORKDAYS: "workdays"}
_LONGEST_PERIODS = {"months": 1_200, "days": 36_525, "workdays": 26_100}
"""A hundred years: further, the calendar itself ends."""

RESERVED = frozenset({TODAY, "全额", "超额", "限于", "取大", "取小", "分档", "若", "任一", "全部"})
"""Words of the language, which no definition may take."""


@dataclass
class Scope:
    """What names mean in one file: facts, parameters, defined names and tables."""

    vocabulary: Vocabulary
    parameters: dict[str, typed.Parameter] = field(default_factory=dict)
    names: dict[str, typed.Node] = field(default_factory=dict)
    _derived: dict[str, typed.Node] = field(default_factory=dict)
    _open: list[str] = field(default_factory=list)

    def condition(self, text: str) -> typed.Condition:
        """Check an expression that must be true or false."""
        return _condition(self, parse(text))

    def number(self, text: str, dimension: Dimension) -> typed.Numeric:
        """Check an expression that must be a number of this dimension."""
        tree = parse(text)
        node = _number(self, tree)
        require_dimension(tree, node, dimension)
        return node

    def node(self, text: str) -> typed.Node:
        """Check an expression of either kind."""
        return _node(self, parse(text))

    def constant(self, text: str, dimension: Dimension) -> Fraction:
        """The value of an expression that must be one quantity."""
        node = self.number(text, dimension)
        if not isinstance(node, typed.Literal):
            raise ExpressionError(f"“{text}”应是一个带单位的数，如 300{example_unit(dimension)}")
        return node.value

    def derived(self, fact: FactDefinition) -> typed.Node:
        """The formula of a derived fact, checked once."""
        if fact.key not in self._derived:
            if fact.key in self._open:
                raise ExpressionError(f"{'→'.join(self._open)}→{fact.key} 互相推算，成了循环")
            self._open.append(fact.key)
            try:
                self._derived[fact.key] = self.node(fact.model.derived or "")
            finally:
                self._open.pop()
        return self._derived[fact.key]


def _node(scope: Scope, tree: syntax.Expression) -> typed.Node:
    match tree:
        case syntax.Name():
            return _name(scope, tree)
        case syntax.Number():
            return typed.Literal(tree.quantity.value, tree.quantity.dimension, tree.text)
        case syntax.Day():
            days = Fraction(to_days(tree.value))
            return typed.Literal(days, typed.DATE, tree.value.isoformat())
        case syntax.Binary():
            return _arithmetic(scope, tree)
        case syntax.Call():
            return _call(scope, tree)
        case _:
            return _logic(scope, tree)


def _logic(
    scope: Scope,
    tree: syntax.Comparison | syntax.Options | syntax.Since | syntax.Negation | syntax.Junction,
) -> typed.Condition:
    match tree:
        case syntax.Comparison():
            return _comparison(scope, tree)
        case syntax.Options():
            return _options(scope, tree)
        case syntax.Since():
            return _since(scope, tree)
        case syntax.Negation():
            return typed.Not(_condition(scope, tree.item))
        case syntax.Junction():
            items = tuple(_condition(scope, item) for item in tree.items)
            if tree.kind == "at_least":
                return typed.AtLeast(tree.count, items)
            return typed.All(items) if tree.kind == "all" else typed.Any(items)


def _condition(scope: Scope, tree: syntax.Expression | syntax.Bracket) -> typed.Condition:
    if isinstance(tree, syntax.Bracket):
        raise ExpressionError("“下限: 值”只能写在 分档(…) 里", tree.at)
    node = _node(scope, tree)
    if isinstance(node, typed.NUMERIC):
        raise ExpressionError("这里应是一个条件（真或假），却是一个数；是不是少写了比较？", tree.at)
    return node


def _number(scope: Scope, tree: syntax.Expression | syntax.Bracket) -> typed.Numeric:
    if isinstance(tree, syntax.Bracket):
        raise ExpressionError("“下限: 值”只能写在 分档(…) 里", tree.at)
    node = _node(scope, tree)
    if isinstance(node, typed.Flag):
        name = node.fact.name
        raise ExpressionError(f"“{name}”不用和什么比：是就写 {name}，否就写 非 {name}", tree.at)
    if not isinstance(node, typed.NUMERIC):
        raise ExpressionError("这里应是一个数，却是一个条件", tree.at)
    return node


# --- names -----------------------------------------------------------------------------------


def _name(scope: Scope, tree: syntax.Name) -> typed.Node:
    if tree.text == TODAY:
        return typed.Today()
    if tree.text in scope.names:
        node = scope.names[tree.text]
        return _named(tree.text, node)
    if tree.text in scope.parameters:
        return typed.ParameterNumber(scope.parameters[tree.text])
    fact = _fact(scope, tree)
    if fact.model.derived and fact.model.derived != SIZE_FORMULA:
        return _named(fact.name, scope.derived(fact))
    if fact.type == "flag":
        return typed.Flag(fact)
    if fact.type in ("number", "date"):
        return typed.FactNumber(fact)
    how = {"set": "包含", "code": "属于" if fact.code_tree is None else "位于/属于"}.get(fact.type)
    if how is None:
        raise ExpressionError(f"“{fact.name}”是文字，不能写进条件", tree.at)
    raise ExpressionError(f"“{fact.name}”后面要写 {how} 和取值", tree.at)


def _named(name: str, node: typed.Node) -> typed.Node:
    if isinstance(node, typed.NUMERIC):
        return typed.NamedNumber(name, node)
    return typed.NamedCondition(name, node)


def _fact(scope: Scope, tree: syntax.Name) -> FactDefinition:
    fact = scope.vocabulary.find(tree.text)
    if fact is not None and tree.text in (fact.name, fact.key):
        return fact
    if fact is not None:
        raise ExpressionError(f"“{tree.text}”是别名，请写“{fact.name}”", tree.at)
    known = [*scope.vocabulary.names, *scope.parameters, *scope.names]
    raise ExpressionError(f"没有“{tree.text}”这个事实{suggest(tree.text, known)}", tree.at)


# --- comparisons -----------------------------------------------------------------------------


def _comparison(scope: Scope, tree: syntax.Comparison) -> typed.Condition:
    if isinstance(tree.left, syntax.Name) and isinstance(tree.right, syntax.Name):
        fact = scope.vocabulary.find(tree.left.text)
        if fact is not None and fact.type == "code" and tree.left.text not in scope.names:
            return _code_comparison(scope, tree, tree.left, tree.right)
    left, right = _number(scope, tree.left), _number(scope, tree.right)
    require_percent(scope.vocabulary, (tree.left, tree.right))
    if left.dimension != right.dimension:
        raise mismatch(tree.at, left, right)
    return typed.Compare(tree.operator, left, right)


def _code_comparison(
    scope: Scope, tree: syntax.Comparison, subject: syntax.Name, value: syntax.Name
) -> typed.Condition:
    if tree.operator not in ("=", "!="):
        raise ExpressionError(f"“{subject.text}”是分类，只能用 = 、!= 或 属于", tree.at)
    options = syntax.Options(tree.at, subject, "属于", tree.operator == "!=", (value,))
    return _options(scope, options)


def _options(scope: Scope, tree: syntax.Options) -> typed.Condition:
    fact = _fact(scope, tree.subject)
    if not tree.options:
        raise ExpressionError(f"“{tree.relation}”后面的列表是空的", tree.at)
    if tree.relation.startswith("包含"):
        node = _contains(fact, tree)
    elif fact.type != "code":
        raise ExpressionError(f"“{fact.name}”不是分类，不能用“{tree.relation}”", tree.at)
    elif fact.code_tree is not None:
        node = _within(scope, fact, tree)
    else:
        values = _listed(fact, tree)
        size = fact.model.derived == SIZE_FORMULA
        node = typed.SizeIn(fact, values) if size else typed.OneOf(fact, values)
    return typed.Not(node) if tree.negated else node


def _contains(fact: FactDefinition, tree: syntax.Options) -> typed.Condition:
    if fact.type != "set":
        raise ExpressionError(f"“{fact.name}”不是一组值，不能用“{tree.relation}”", tree.at)
    if tree.relation == "包含" and len(tree.options) > 1:
        raise ExpressionError("“包含”后面有多个值，请写 包含任一 或 包含全部", tree.at)
    return typed.Has(fact, _listed(fact, tree), tree.relation == "包含全部")


def _listed(fact: FactDefinition, tree: syntax.Options) -> tuple[str, ...]:
    for option in tree.options:
        if option.text not in fact.values:
            hint = suggest(option.text, fact.values) or f"，可选：{'、'.join(fact.values)}"
            raise ExpressionError(f"“{fact.name}”没有“{option.text}”这个取值{hint}", option.at)
    return tuple(option.text for option in tree.options)


def _within(scope: Scope, fact: FactDefinition, tree: syntax.Options) -> typed.Condition:
    code_tree = fact.code_tree
    assert code_tree is not None
    codes: list[str] = []
    for option in tree.options:
        if fact.model.tree == "area" and option.text in scope.vocabulary.groups:
            codes.extend(scope.vocabulary.groups[option.text])
            continue
        code = code_tree.find(option.text)
        if code is None:
            names = (code_tree.name(code) for code in code_tree)
            near = suggest(option.text, names)
            raise ExpressionError(f"“{fact.name}”的代码表里没有“{option.text}”{near}", option.at)
        codes.append(code)
    return typed.Within(fact, tuple(codes))


def _since(scope: Scope, tree: syntax.Since) -> typed.Condition:
    fact = _fact(scope, tree.subject)
    if fact.type != "date":
        raise ExpressionError(f"“{fact.name}”不是日期，不能用“距今”", tree.at)
    quantity = tree.period.quantity
    unit = _PERIODS.get(quantity.dimension)
    if unit is None or quantity.value.denominator != 1:
        raise ExpressionError("距今后面要写整数的 年、个月、天 或 个工作日", tree.period.at)
    if quantity.value > _LONGEST_PERIODS[unit]:
        raise ExpressionError(f"“{tree.period.text}”太长了，距今最多写 100年", tree.period.at)
    return typed.Elapsed(fact, tree.relation, int(quantity.value), unit)


# --- numbers ---------------------------------------------------------------------------------


def _arithmetic(scope: Scope, tree: syntax.Binary) -> typed.Numeric:
    left, right = _number(scope, tree.left), _number(scope, tree.right)
    if tree.operator in "+-":
        require_percent(scope.vocabulary, (tree.left, tree.right))
    return typed.Arithmetic(tree.operator, left, right, _result_dimension(tree, left, right))


def _result_dimension(tree: syntax.Binary, left: typed.Numeric, right: typed.Numeric) -> Dimension:
    if tree.operator in "*/":
        if tree.operator == "/" and isinstance(right, typed.Literal) and right.value == 0:
            raise ExpressionError("不能除以 0", tree.at)
        if typed.DATE in (left.dimension, right.dimension):
            raise ExpressionError("日期不能相乘除", tree.at)
        combine: Callable[[Dimension, Dimension], Dimension] = (
            multiply if tree.operator == "*" else divide
        )
        return combine(left.dimension, right.dimension)
    if tree.operator == "-":
        difference = typed.difference_dimension(left.dimension, right.dimension)
        if difference is not None:
            return difference
    elif left.dimension == right.dimension != typed.DATE:
        return left.dimension
    raise ExpressionError(f"不能把{in_words(left)}和{in_words(right)}相加减", tree.at)


def _call(scope: Scope, tree: syntax.Call) -> typed.Node:
    builders: dict[str, Callable[[Scope, syntax.Call], typed.Node]] = {
        "限于": _limit,
        "取大": _extreme,
        "取小": _extreme,
        "分档": _brackets,
        "若": _choice,
    }
    if tree.name not in builders:
        known = [*builders, "任一", "全部", "至少N项"]
        raise ExpressionError(f"没有“{tree.name}”这种算法，可用：{'、'.join(known)}", tree.at)
    return builders[tree.name](scope, tree)


def _arguments(scope: Scope, tree: syntax.Call, count: int, form: str) -> list[typed.Numeric]:
    if len(tree.arguments) != count:
        raise ExpressionError(f"{tree.name} 应写作 {form}", tree.at)
    numbers = [_number(scope, argument) for argument in tree.arguments]
    require_same(tree.at, numbers)
    require_percent(scope.vocabulary, tree.arguments)
    return numbers


def _limit(scope: Scope, tree: syntax.Call) -> typed.Numeric:
    value, low, high = _arguments(scope, tree, 3, "限于(数, 下限, 上限)")
    return typed.Limit(value, low, high)


def _extreme(scope: Scope, tree: syntax.Call) -> typed.Numeric:
    items = _arguments(scope, tree, max(len(tree.arguments), 2), f"{tree.name}(甲, 乙, …)")
    return typed.Extreme(tree.name == "取大", tuple(items))


def _choice(scope: Scope, tree: syntax.Call) -> typed.Numeric:
    if len(tree.arguments) != 3:
        raise ExpressionError("若 应写作 若(条件, 成立时, 否则)", tree.at)
    condition = _condition(scope, tree.arguments[0])
    numbers = [_number(scope, argument) for argument in tree.arguments[1:]]
    require_same(tree.at, numbers)
    return typed.Choice(((condition, numbers[0]),), numbers[1])


def _brackets(scope: Scope, tree: syntax.Call) -> typed.Numeric:
    form = "分档(数, 全额, 下限: 值, …) 或 分档(数, 超额, 下限: 比率, …)"
    if len(tree.arguments) < 3 or not isinstance(tree.arguments[1], syntax.Name):
        raise ExpressionError(f"分档 应写作 {form}", tree.at)
    mode = tree.arguments[1].text
    if mode not in ("全额", "超额"):
        raise ExpressionError(f"分档 应写作 {form}", tree.arguments[1].at)
    value = _number(scope, tree.arguments[0])
    subject = tree.arguments[0]
    rows = [_bracket(scope, subject, value, row, form) for row in tree.arguments[2:]]
    _rising(tree, rows)
    if mode == "全额" and len(rows) < 2:
        raise ExpressionError("分档(…, 全额, …) 至少要有两档", tree.at)
    dimension = rows[0][1].dimension
    if mode == "超额":
        dimension = multiply(value.dimension, dimension)
    return typed.Brackets(mode == "超额", value, tuple(rows), dimension)


def _bracket(
    scope: Scope,
    subject: syntax.Expression | syntax.Bracket,
    value: typed.Numeric,
    row: syntax.Expression | syntax.Bracket,
    form: str,
) -> tuple[typed.Literal, typed.Numeric]:
    if not isinstance(row, syntax.Bracket):
        raise ExpressionError(f"分档 应写作 {form}", row.at)
    floor = _number(scope, row.floor)
    if not isinstance(floor, typed.Literal):
        raise ExpressionError("分档的下限应是一个带单位的数", row.at)
    require_dimension(row.floor, floor, value.dimension)
    require_percent(scope.vocabulary, (subject, row.floor))
    return floor, _number(scope, row.value)


def _rising(tree: syntax.Call, rows: list[tuple[typed.Literal, typed.Numeric]]) -> None:
    for (lower, _), (upper, _) in pairwise(rows):
        if lower.value >= upper.value:
            raise ExpressionError(f"分档的下限要从小到大：{lower.text}、{upper.text}", tree.at)
    require_same(tree.at, [value for _, value in rows])
