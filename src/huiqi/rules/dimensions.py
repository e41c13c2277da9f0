"""Do the units fit? Every fault says what would be right."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from huiqi.rules import syntax, typed
from huiqi.rules.errors import ExpressionError
from huiqi.rules.units import PLAIN, Dimension, describe, example_unit
from huiqi.rules.vocabulary import Vocabulary


def require_dimension(tree: syntax.Expression, node: typed.Numeric, dimension: Dimension) -> None:
    if node.dimension == dimension:
        return
    if isinstance(node, typed.Literal) and node.dimension == PLAIN:
        right = f"{node.text}{example_unit(dimension)}"
        raise ExpressionError(f"“{node.text}”缺少单位，是不是 {right}？", tree.at)
    raise ExpressionError(f"这里应是{describe(dimension)}，却是{in_words(node)}", tree.at)


def require_same(at: int, numbers: Sequence[typed.Numeric]) -> None:
    for number in numbers[1:]:
        if number.dimension != numbers[0].dimension:
            raise mismatch(at, numbers[0], number)


def require_percent(
    vocabulary: Vocabulary, trees: Iterable[syntax.Expression | syntax.Bracket]
) -> None:
    """``占比 >= 60`` is a slip for 60%: beside a share a bare number above one is refused."""
    trees = list(trees)
    facts = [vocabulary.find(tree.text) for tree in trees if isinstance(tree, syntax.Name)]
    if not any(fact is not None and fact.unit.name == "%" for fact in facts):
        return
    for tree in trees:
        if isinstance(tree, syntax.Number) and tree.quantity.is_bare and tree.quantity.value > 1:
            raise ExpressionError(f"比例要写百分号，是不是 {tree.text}%？", tree.at)


def mismatch(at: int, left: typed.Numeric, right: typed.Numeric) -> ExpressionError:
    for number, other in ((left, right), (right, left)):
        if isinstance(number, typed.Literal) and number.dimension == PLAIN and other.dimension:
            unit = "日期，如 2024-01-01" if other.dimension == typed.DATE else None
            right_form = unit or f"{number.text}{example_unit(other.dimension)}"
            return ExpressionError(f"“{number.text}”缺少单位，是不是 {right_form}？", at)
    return ExpressionError(f"不能拿{in_words(left)}和{in_words(right)}相比", at)


def in_words(number: typed.Numeric) -> str:
    kind = "日期" if number.dimension == typed.DATE else describe(number.dimension)
    if isinstance(number, typed.FactNumber):
        return f"“{number.fact.name}”（{kind}）"
    return f"“{number.text}”（{kind}）" if isinstance(number, typed.Literal) else kind
