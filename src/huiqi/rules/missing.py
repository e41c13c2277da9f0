"""Which unknown facts can still change an answer.

Walks only the parts of a condition that are still unknown: under a settled "and" or "or" nothing is
missing. What is not named cannot change the answer; what is named may turn out not to, since parts
are looked at one by one. A fact that is known but too coarse (an industry above the one listed) or
zero under a fraction line is named too, since another value would settle it; the latter is known
all the same and nothing to ask for: ``is_zero_denominator`` tells it from the others.
"""

from __future__ import annotations

from collections.abc import Iterable

from huiqi.rules import typed
from huiqi.rules.interpreter import Interpreter
from huiqi.rules.vocabulary import FactDefinition


def is_zero_denominator(fact: FactDefinition, stored: int | None) -> bool:
    """Why a fact is named: of those that are known only a code of a tree can be too coarse."""
    return stored is not None and fact.code_tree is None


def missing_in_condition(node: typed.Condition, interpreter: Interpreter) -> list[FactDefinition]:
    """Facts that can still change whether ``node`` holds, in reading order."""
    return _distinct(_condition(node, interpreter))


def missing_in_number(node: typed.Numeric, interpreter: Interpreter) -> list[FactDefinition]:
    """Facts without which the number stays unknown."""
    return _distinct(_number(node, interpreter))


def _distinct(facts: Iterable[FactDefinition]) -> list[FactDefinition]:
    return list({fact.key: fact for fact in facts}.values())


def _condition(node: typed.Condition, interpreter: Interpreter) -> list[FactDefinition]:
    if interpreter.condition(node) is not None:
        return []
    match node:
        case typed.All() | typed.Any() | typed.AtLeast():
            return [fact for item in node.items for fact in _condition(item, interpreter)]
        case typed.Not():
            return _condition(node.item, interpreter)
        case typed.NamedCondition():
            return _condition(node.body, interpreter)
        case typed.Compare():
            return _number(node.left, interpreter) + _number(node.right, interpreter)
        case typed.SizeIn():
            return _condition(interpreter.moment.size_condition(node), interpreter)
        case _:
            return [node.fact]


def _number(node: typed.Numeric, interpreter: Interpreter) -> list[FactDefinition]:
    if interpreter.number(node) is not None:
        return []
    match node:
        case typed.FactNumber():
            return [node.fact]
        case typed.NamedNumber():
            return _number(node.body, interpreter)
        case typed.Choice():
            return _choice(node, interpreter)
        case typed.Arithmetic("/") if interpreter.number(node.right) == 0:
            return _number(node.left, interpreter) + typed.facts_in(node.right)
        case typed.Brackets() if interpreter.number(node.value) is not None:
            return _brackets(node, interpreter)
        case _:
            return [
                fact
                for child in typed.children(node)
                for fact in _number(child, interpreter)  # type: ignore[arg-type]  # the parts of these are numbers
            ]


def _choice(node: typed.Choice, interpreter: Interpreter) -> list[FactDefinition]:
    """The branch that applies; while that is open, conditions and branches still possible."""
    found: list[FactDefinition] = []
    for condition, value in node.rows:
        holds = interpreter.condition(condition)
        if holds is False:
            continue
        found += _condition(condition, interpreter) + _number(value, interpreter)
        if holds:
            return found
    return found + _number(node.otherwise, interpreter)


def _brackets(node: typed.Brackets, interpreter: Interpreter) -> list[FactDefinition]:
    if node.progressive:
        return [fact for _, rate in node.rows for fact in _number(rate, interpreter)]
    value = interpreter.number(node.value)
    assert value is not None
    reached = [rate for floor, rate in node.rows if value >= (interpreter.number(floor) or 0)]
    return _number(reached[-1], interpreter)
