"""The derivation of an amount 金额推导, step by step, in the file's own names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from huiqi.rules import typed
from huiqi.rules.interpreter import Interpreter
from huiqi.rules.policy import Policy
from huiqi.rules.units import PLAIN, format_fraction, format_money, format_value

_SIGNS = {"*": "×", "/": "÷", "+": "+", "-": "-"}
UNKNOWN_TEXT = "未知"


@dataclass(frozen=True)
class Step:
    """``name`` = ``formula`` (as in the file) = ``values`` (with numbers put in) = ``result``."""

    name: str
    formula: str
    values: str
    result: str
    note: str = ""

    def __str__(self) -> str:
        parts = [part for part in (self.formula, self.values) if part]
        note = f"（{self.note}）" if self.note else ""
        return f"{self.name} = {' = '.join([*parts, self.result])}{note}"


def derive(policy: Policy, interpreter: Interpreter, texts: Mapping[str, str]) -> list[Step]:
    """Steps from the parameters and named parts to the rounded amount; none without an amount."""
    if policy.amount is None:
        return []
    steps = [*_parameters(policy, interpreter), *_names(policy, interpreter)]
    formula = policy.model.benefit.amount or ""
    value = interpreter.number(policy.amount)
    label = texts["step_amount"]
    steps.append(_step(label, formula, policy.amount, interpreter))
    if value is not None and policy.cap is not None:
        steps.append(_cap(policy, value, interpreter, texts))
    amount = interpreter.amount(policy.amount, policy.cap)
    if amount is not None:
        shown = f"{format_fraction(Fraction(amount, 100), 2)}元"
        steps.append(Step(texts["step_rounded"], "", "", shown))
    return steps


def _parameters(policy: Policy, interpreter: Interpreter) -> list[Step]:
    steps = []
    used = {
        node.parameter.name
        for node in _amount_nodes(policy)
        if isinstance(node, typed.ParameterNumber)
    }
    for parameter in policy.parameters:
        if parameter.name not in used:
            continue
        found = interpreter.moment.parameter(parameter)
        since = f"自 {found.start} 起，" if found.start else ""
        shown = format_value(found.value, parameter.dimension, parameter.unit)
        steps.append(Step(parameter.name, "", "", shown, f"{since}{found.source}"))
    return steps


def _names(policy: Policy, interpreter: Interpreter) -> list[Step]:
    named = typed.NamedNumber | typed.NamedCondition
    used = {node.name for node in _amount_nodes(policy) if isinstance(node, named)}
    steps = []
    for name, node in policy.names.items():
        if name in used and isinstance(node, typed.NUMERIC):
            formula = policy.model.define.get(name, "")
            steps.append(_step(name, formula, node, interpreter))
    return steps


def _amount_nodes(policy: Policy) -> Iterator[typed.Node]:
    """Everything the amount and its cap are computed from."""
    return typed.walk(*(node for node in (policy.amount, policy.cap) if node is not None))


def _cap(
    policy: Policy, value: Fraction, interpreter: Interpreter, texts: Mapping[str, str]
) -> Step:
    assert policy.cap is not None
    limit = interpreter.number(policy.cap)
    reached = limit is not None and value > limit
    shown = UNKNOWN_TEXT if limit is None else format_money(limit)
    note = texts["cap_reached"] if reached else texts["cap_not_reached"]
    return Step(texts["step_cap"], "", "", shown, note)


def _step(name: str, formula: str, node: typed.Numeric, interpreter: Interpreter) -> Step:
    values = with_values(node, interpreter)
    result = show(node, interpreter)
    formula, values = ("" if formula == values else formula), ("" if values == result else values)
    return Step(name, formula, values, result)


def show(node: typed.Numeric, interpreter: Interpreter) -> str:
    """The value of a number with its unit, or 未知."""
    value = interpreter.number(node)
    if value is None:
        return UNKNOWN_TEXT
    if isinstance(node, typed.FactNumber):
        return node.fact.show(interpreter.facts.get(node.fact.key))
    if isinstance(node, typed.ParameterNumber):
        return format_value(value, node.dimension, node.parameter.unit)
    return format_value(value, node.dimension, "%" if _is_share(node) else None)


def _is_share(node: typed.Numeric) -> bool:
    """Whether people would write the number with a percent sign."""
    match node:
        case typed.Literal():
            return node.text.endswith("%")
        case typed.ParameterNumber():
            return node.parameter.unit == "%"
        case typed.FactNumber():
            return node.fact.unit.name == "%"
        case typed.NamedNumber():
            return _is_share(node.body)
        case typed.Arithmetic("/"):
            return node.left.dimension == node.right.dimension != PLAIN
        case typed.Choice():
            return any(_is_share(value) for _, value in node.rows)
        case typed.Brackets():
            return not node.progressive and any(_is_share(rate) for _, rate in node.rows)
        case typed.Limit():
            return _is_share(node.value)
        case _:
            return False


def with_values(node: typed.Numeric, interpreter: Interpreter) -> str:
    """The formula with each fact replaced by its value."""
    match node:
        case typed.Literal():
            return node.text
        case typed.NamedNumber() | typed.FactNumber() | typed.ParameterNumber() | typed.Today():
            return show(node, interpreter)
        case typed.Arithmetic():
            sign = _SIGNS[node.operator]
            left = _operand(node, node.left, interpreter)
            return f"{left} {sign} {_operand(node, node.right, interpreter, right=True)}"
        case typed.Extreme():
            parts = "、".join(with_values(item, interpreter) for item in node.items)
            return f"{'取大' if node.largest else '取小'}（{parts}）"
        case typed.Limit():
            low, high = (with_values(part, interpreter) for part in (node.low, node.high))
            return f"{with_values(node.value, interpreter)}，限于 {low} 至 {high}"
        case typed.Choice():
            return _branch(node, interpreter)
        case typed.Brackets():
            return _bracket(node, interpreter)


def _operand(
    whole: typed.Arithmetic, part: typed.Numeric, interpreter: Interpreter, right: bool = False
) -> str:
    text = with_values(part, interpreter)
    if not isinstance(part, typed.Arithmetic):
        return text
    looser = part.operator in "+-" and whole.operator in "*/"
    if looser or (right and whole.operator in "-/"):
        return f"（{text}）"
    return text


def _branch(node: typed.Choice, interpreter: Interpreter) -> str:
    for condition, value in node.rows:
        holds = interpreter.condition(condition)
        if holds is None:
            return UNKNOWN_TEXT
        if holds:
            return with_values(value, interpreter)
    return with_values(node.otherwise, interpreter)


def _bracket(node: typed.Brackets, interpreter: Interpreter) -> str:
    value = interpreter.number(node.value)
    if value is None:
        return UNKNOWN_TEXT
    floors = [(interpreter.number(floor) or Fraction(0), rate) for floor, rate in node.rows]
    reached = [(floor, rate) for floor, rate in floors if value >= floor]
    if not node.progressive:
        return with_values(reached[-1][1], interpreter)
    uppers = [floor for floor, _ in floors[1 : len(reached)]] + [value]
    parts = [
        f"{format_value(upper - floor, node.value.dimension)} × {with_values(rate, interpreter)}"
        for (floor, rate), upper in zip(reached, uppers, strict=True)
        if upper > floor
    ]
    return " + ".join(parts) or "0"
