"""The reference meaning of the typed tree, in exact fractions: slow and plain.

Every fast evaluator must agree with it (property-tested). It also provides the values shown
in derivations.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from operator import eq, ge, gt, le, lt, ne

from huiqi.rules import typed
from huiqi.rules.dates import to_days
from huiqi.rules.lowering import Moment

Truth = bool | None
"""True, False, or None for unknown 待定."""

_COMPARE = {"=": eq, "!=": ne, ">=": ge, ">": gt, "<=": le, "<": lt}


@dataclass(frozen=True)
class Interpreter:
    """Evaluates typed nodes for one firm (``facts``: stored integers by key) on one day."""

    moment: Moment
    facts: Mapping[str, int | None]

    # --- conditions --------------------------------------------------------------------------

    def condition(self, node: typed.Condition) -> Truth:
        match node:
            case typed.NamedCondition():
                return self.condition(node.body)
            case typed.All():
                return _all([self.condition(item) for item in node.items])
            case typed.Any():
                return _not(_all([_not(self.condition(item)) for item in node.items]))
            case typed.AtLeast():
                return _at_least(node.count, [self.condition(item) for item in node.items])
            case typed.Not():
                return _not(self.condition(node.item))
            case typed.Compare():
                left, right = self.number(node.left), self.number(node.right)
                if left is None or right is None:
                    return None
                return bool(_COMPARE[node.operator](left, right))
            case typed.SizeIn():
                return self.condition(self.moment.size_condition(node))
            case _:
                stored = self.facts.get(node.fact.key)
                return None if stored is None else self._test(node, stored)

    def _test(
        self,
        node: typed.Flag | typed.OneOf | typed.Within | typed.Has | typed.Elapsed,
        stored: int,
    ) -> Truth:
        match node:
            case typed.Flag():
                return stored == 1
            case typed.OneOf():
                return node.fact.decode(stored) in node.values
            case typed.Within():
                return _within(node, node.fact.decode(stored))
            case typed.Has():
                present = [member in node.fact.decode(stored) for member in node.members]
                return all(present) if node.every else any(present)
            case typed.Elapsed():
                reached = stored <= self.moment.elapsed_cutoff(node)
                return reached if node.relation in ("满", "超过") else not reached

    # --- numbers -----------------------------------------------------------------------------

    def number(self, node: typed.Numeric) -> Fraction | None:
        """The value in base units, or None when unknown."""
        match node:
            case typed.Literal():
                return node.value
            case typed.Today():
                return Fraction(to_days(self.moment.on))
            case typed.ParameterNumber():
                return self.moment.parameter(node.parameter).value
            case typed.FactNumber():
                stored = self.facts.get(node.fact.key)
                scale = 1 if node.fact.type == "date" else node.fact.scale
                return None if stored is None else Fraction(stored, scale)
            case typed.NamedNumber():
                return self.number(node.body)
            case typed.Choice():
                return self._choice(node)
            case _:
                return self._strict(node)

    def _choice(self, node: typed.Choice) -> Fraction | None:
        for condition, value in node.rows:
            holds = self.condition(condition)
            if holds is None:
                return None
            if holds:
                return self.number(value)
        return self.number(node.otherwise)

    def _strict(
        self, node: typed.Arithmetic | typed.Extreme | typed.Limit | typed.Brackets
    ) -> Fraction | None:
        if isinstance(node, typed.Brackets):
            return self._brackets(node)
        parts = []
        for child in typed.children(node):
            value = self.number(child)  # type: ignore[arg-type]  # the parts of these are numbers
            if value is None:
                return None
            parts.append(value)
        match node:
            case typed.Extreme():
                return max(parts) if node.largest else min(parts)
            case typed.Limit():
                return min(max(parts[0], parts[1]), parts[2])
            case typed.Arithmetic():
                return _calculate(node.operator, parts[0], parts[1])

    def _brackets(self, node: typed.Brackets) -> Fraction | None:
        value = self.number(node.value)
        if value is None:
            return None
        floors = [self.number(floor) or Fraction(0) for floor, _ in node.rows]
        if not node.progressive:
            reached = [row for row, floor in zip(node.rows, floors, strict=True) if value >= floor]
            return self.number(reached[-1][1])
        total = Fraction(0)
        for (_, rate), floor, upper in zip(node.rows, floors, [*floors[1:], value], strict=True):
            rate_value = self.number(rate)
            if rate_value is None:
                return None
            total += max(min(value, upper) - floor, Fraction(0)) * rate_value
        return total

    def amount(self, node: typed.Numeric, cap: typed.Numeric | None) -> int | None:
        """Fen: never under zero, never over the cap, rounded half up."""
        value = self.number(node)
        if value is None:
            return None
        if cap is not None:
            limit = self.number(cap)
            if limit is None:
                return None
            value = min(value, limit)
        return int((2 * max(value, Fraction(0)) + 1) // 2)


def _calculate(operator: str, left: Fraction, right: Fraction) -> Fraction | None:
    match operator:
        case "+":
            return left + right
        case "-":
            return left - right
        case "*":
            return left * right
        case _:
            return None if right == 0 else left / right


def _within(node: typed.Within, code: str) -> Truth:
    tree = node.fact.code_tree
    assert tree is not None
    if any(tree.covers(upper, code) for upper in node.codes):
        return True
    return None if any(tree.covers(code, lower) for lower in node.codes) else False


def _not(value: Truth) -> Truth:
    return None if value is None else not value


def _all(values: list[Truth]) -> Truth:
    if False in values:
        return False
    return None if None in values else True


def _at_least(count: int, values: list[Truth]) -> Truth:
    certain, possible = values.count(True), values.count(True) + values.count(None)
    if certain >= count:
        return True
    return None if possible >= count else False
