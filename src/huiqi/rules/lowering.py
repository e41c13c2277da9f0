"""Typed tree → integer graph, for one day.

Numbers become exact fractions numerator/denominator of integer nodes; comparisons are cross
multiplied and amounts rounded once, half up 四舍五入, to the fen. A denominator that is a fact is
guarded: zero makes the result unknown, and one that could be negative is refused.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from math import lcm
from typing import Protocol

from huiqi.rules import ir, typed
from huiqi.rules.dates import (
    from_days,
    latest_start_days,
    latest_start_months,
    latest_start_workdays,
    to_days,
)
from huiqi.rules.errors import ExpressionError
from huiqi.rules.vocabulary import FactDefinition, Vocabulary
from huiqi.rules.workdays import WorkCalendar


class Sizes(Protocol):
    """The size standard 划型标准 in force, as conditions on industry and indicators."""

    def condition(self, classes: tuple[str, ...]) -> typed.Condition:
        """The firm is in one of these classes."""


@dataclass(frozen=True, eq=False)
class Moment:
    """Everything about a day that rules may depend on."""

    on: date
    calendar: WorkCalendar
    sizes: Sizes | None

    def size_condition(self, node: typed.SizeIn) -> typed.Condition:
        if self.sizes is None:
            raise ExpressionError(f"{self.on} 没有施行的企业划型标准")
        return self.sizes.condition(node.classes)

    def parameter(self, parameter: typed.Parameter) -> typed.DatedValue:
        found = parameter.on(self.on)
        if found is None:
            raise ExpressionError(f"参数“{parameter.name}”在 {self.on} 没有值")
        return found

    def latest_start(self, amount: int, unit: str, until: date) -> date:
        """The latest start of a period that is complete on ``until``."""
        if unit == "months":
            return latest_start_months(amount, until)
        if unit == "days":
            return latest_start_days(amount, until)
        return latest_start_workdays(amount, until, self.calendar)

    def elapsed_cutoff(self, node: typed.Elapsed) -> int:
        """满 holds for dates up to the cutoff, 超过 for dates up to the cutoff of yesterday."""
        until = self.on
        if node.relation in ("超过", "不超过"):
            until = date.fromordinal(until.toordinal() - 1)
        return to_days(self.latest_start(node.amount, node.unit, until))

    def provisional_years(self, node: typed.Elapsed) -> set[int]:
        """Years on the way back to the cutoff of which the calendar knows no holidays yet."""
        first = from_days(self.elapsed_cutoff(node)).year
        return set(range(first, self.on.year + 1)) - self.calendar.known_years


@dataclass(frozen=True)
class Ratio:
    """An exact fraction of two integer nodes; the denominator is positive or unknown."""

    top: ir.Number
    bottom: ir.Number


@dataclass
class Lowering:
    """Lowers typed nodes for one day into one shared graph."""

    moment: Moment
    builder: ir.Builder
    _conditions: dict[int, ir.Bool] = field(default_factory=dict)
    _numbers: dict[int, Ratio] = field(default_factory=dict)
    _kept: list[typed.Node] = field(default_factory=list)

    @classmethod
    def on(cls, moment: Moment, vocabulary: Vocabulary) -> Lowering:
        bounds = {key: fact.bounds for key, fact in vocabulary.facts.items()}
        return cls(moment, ir.Builder(bounds))

    # --- conditions --------------------------------------------------------------------------

    def condition(self, node: typed.Condition) -> ir.Bool:
        found = self._conditions.get(id(node))
        if found is None:
            found = self._conditions[id(node)] = self._condition(node)
            self._kept.append(node)  # keeps the id from being used again
        return found

    def _condition(self, node: typed.Condition) -> ir.Bool:
        build = self.builder
        match node:
            case typed.NamedCondition():
                return self.condition(node.body)
            case typed.All():
                return build.all_of([self.condition(item) for item in node.items])
            case typed.Any():
                return build.any_of([self.condition(item) for item in node.items])
            case typed.AtLeast():
                return build.at_least(node.count, [self.condition(item) for item in node.items])
            case typed.Not():
                return build.negate(self.condition(node.item))
            case typed.Compare():
                return self._compare(node)
            case typed.SizeIn():
                return self.condition(self.moment.size_condition(node))
            case _:
                return self._fact_condition(node)

    def _fact_condition(
        self, node: typed.Flag | typed.OneOf | typed.Within | typed.Has | typed.Elapsed
    ) -> ir.Bool:
        build, fact = self.builder, self.builder.fact(node.fact.key)
        match node:
            case typed.Flag():
                return build.ge(fact, 1)
            case typed.OneOf():
                positions = sorted(node.fact.values.index(value) + 1 for value in node.values)
                return build.in_codes(fact, _ranges([(p, p) for p in positions]))
            case typed.Within():
                return build.in_codes(fact, *_tree_ranges(node))
            case typed.Has():
                mask = sum(1 << node.fact.values.index(member) for member in set(node.members))
                return build.has_bits(fact, mask, node.every)
            case typed.Elapsed():
                late = build.ge(fact, self.moment.elapsed_cutoff(node) + 1)
                return late if node.relation in ("不满", "不超过") else build.negate(late)

    def _compare(self, node: typed.Compare) -> ir.Bool:
        build = self.builder
        difference = self._compared(self.number(node.left), self.number(node.right))
        match node.operator:
            case "=":
                return build.eq(difference, 0)
            case "!=":
                return build.negate(build.eq(difference, 0))
            case ">=":
                return build.ge(difference, 0)
            case ">":
                return build.ge(difference, 1)
            case "<":
                return build.negate(build.ge(difference, 0))
            case _:
                return build.negate(build.ge(difference, 1))

    # --- numbers -----------------------------------------------------------------------------

    def number(self, node: typed.Numeric) -> Ratio:
        found = self._numbers.get(id(node))
        if found is None:
            found = self._numbers[id(node)] = self._number(node)
            self._kept.append(node)
        return found

    def _number(self, node: typed.Numeric) -> Ratio:
        match node:
            case typed.Literal():
                return self._fraction(node.value)
            case typed.Today():
                return self._fraction(Fraction(to_days(self.moment.on)))
            case typed.ParameterNumber():
                return self._fraction(self.moment.parameter(node.parameter).value)
            case typed.FactNumber():
                return self._fact(node.fact)
            case typed.NamedNumber():
                return self.number(node.body)
            case _:
                return self._compound(node)

    def _compound(
        self,
        node: typed.Arithmetic | typed.Limit | typed.Extreme | typed.Choice | typed.Brackets,
    ) -> Ratio:
        match node:
            case typed.Arithmetic():
                return self._arithmetic(node)
            case typed.Limit():
                raised = self._extreme(True, self.number(node.value), self.number(node.low))
                return self._extreme(False, raised, self.number(node.high))
            case typed.Extreme():
                result, *rest = (self.number(item) for item in node.items)
                for item in rest:
                    result = self._extreme(node.largest, result, item)
                return result
            case typed.Choice():
                result = self.number(node.otherwise)
                for condition, value in reversed(node.rows):
                    result = self._choose(self.condition(condition), self.number(value), result)
                return result
            case typed.Brackets():
                return self._brackets(node)

    def _fraction(self, value: Fraction) -> Ratio:
        return Ratio(self.builder.const(value.numerator), self.builder.const(value.denominator))

    def _fact(self, fact: FactDefinition) -> Ratio:
        scale = 1 if fact.type == "date" else fact.scale
        return Ratio(self.builder.fact(fact.key), self.builder.const(scale))

    def _arithmetic(self, node: typed.Arithmetic) -> Ratio:
        build = self.builder
        left, right = self.number(node.left), self.number(node.right)
        if node.operator == "*":
            return Ratio(build.mul(left.top, right.top), build.mul(left.bottom, right.bottom))
        if node.operator == "/":
            if build.bounds(right.top)[0] < 0:
                raise ExpressionError("分母可能是负数，请改写（如用 取大(…, 0元) 或换一个分母）")
            bottom = build.positive(right.top)
            return Ratio(build.mul(left.top, right.bottom), build.mul(left.bottom, bottom))
        a, b = self._common(left, right)
        bottom = self._common_bottom(left, right)
        return Ratio(build.add(a, b) if node.operator == "+" else build.sub(a, b), bottom)

    def _extreme(self, largest: bool, left: Ratio, right: Ratio) -> Ratio:
        a, b = self._common(left, right)
        pick = self.builder.maximum if largest else self.builder.minimum
        return Ratio(pick(a, b), self._common_bottom(left, right))

    def _choose(self, condition: ir.Bool, yes: Ratio, no: Ratio) -> Ratio:
        build = self.builder
        if yes.bottom is no.bottom:
            return Ratio(build.choose(condition, yes.top, no.top), yes.bottom)
        bottom = build.choose(condition, yes.bottom, no.bottom)
        return Ratio(build.choose(condition, yes.top, no.top), bottom)

    def _brackets(self, node: typed.Brackets) -> Ratio:
        value = self.number(node.value)
        floors = [self.number(floor) for floor, _ in node.rows]
        first = node.rows[0][0]
        assert isinstance(first, typed.Literal)
        if not node.progressive:
            low, floor = self._common(value, floors[0])
            if self.builder.bounds(self.builder.sub(low, floor))[0] < 0:
                raise ExpressionError(f"分档的第一档下限 {first.text} 之下也可能有值，请加一档")
            return self._whole(node, value, floors)
        return self._progressive(node, value, floors)

    def _whole(self, node: typed.Brackets, value: Ratio, floors: list[Ratio]) -> Ratio:
        result = self.number(node.rows[0][1])
        for floor, (_, amount) in zip(floors[1:], node.rows[1:], strict=True):
            reached = self.builder.ge(self._compared(value, floor), 0)
            result = self._choose(reached, self.number(amount), result)
        return result

    def _progressive(self, node: typed.Brackets, value: Ratio, floors: list[Ratio]) -> Ratio:
        total: Ratio | None = None
        zero = self._fraction(Fraction(0))
        for index, (_, rate) in enumerate(node.rows):
            upper = value
            if index + 1 < len(floors):
                upper = self._extreme(False, value, floors[index + 1])
            part = self._extreme(True, self._difference(upper, floors[index]), zero)
            rate_value = self.number(rate)
            share = Ratio(
                self.builder.mul(part.top, rate_value.top),
                self.builder.mul(part.bottom, rate_value.bottom),
            )
            total = share if total is None else self._sum(total, share)
        assert total is not None
        return total

    def _sum(self, left: Ratio, right: Ratio) -> Ratio:
        a, b = self._common(left, right)
        return Ratio(self.builder.add(a, b), self._common_bottom(left, right))

    def _difference(self, left: Ratio, right: Ratio) -> Ratio:
        a, b = self._common(left, right)
        return Ratio(self.builder.sub(a, b), self._common_bottom(left, right))

    # --- fractions ---------------------------------------------------------------------------

    def _common(self, left: Ratio, right: Ratio) -> tuple[ir.Number, ir.Number]:
        """Both numerators over the common denominator."""
        build = self.builder
        if left.bottom is right.bottom:
            return left.top, right.top
        if isinstance(left.bottom, ir.Const) and isinstance(right.bottom, ir.Const):
            bottom = lcm(left.bottom.value, right.bottom.value)
            return (
                build.mul(left.top, build.const(bottom // left.bottom.value)),
                build.mul(right.top, build.const(bottom // right.bottom.value)),
            )
        return build.mul(left.top, right.bottom), build.mul(right.top, left.bottom)

    def _compared(self, left: Ratio, right: Ratio) -> ir.Number:
        """An integer over, equal to or under 0 as ``left - right`` is; unknown when either is."""
        a, b = self._common(left, right)
        difference = self.builder.sub(a, b)
        if left.bottom is right.bottom and not isinstance(left.bottom, ir.Const):
            # A common denominator would cancel out; unknown, it leaves the comparison open.
            return self.builder.mul(difference, left.bottom)
        return difference

    def _common_bottom(self, left: Ratio, right: Ratio) -> ir.Number:
        if left.bottom is right.bottom:
            return left.bottom
        if isinstance(left.bottom, ir.Const) and isinstance(right.bottom, ir.Const):
            return self.builder.const(lcm(left.bottom.value, right.bottom.value))
        return self.builder.mul(left.bottom, right.bottom)

    def rounded(self, value: Ratio) -> ir.Number:
        """Half up to a whole number: floor((2·top + bottom) / (2·bottom))."""
        build = self.builder
        if isinstance(value.bottom, ir.Const) and value.bottom.value == 1:
            return value.top
        twice = build.mul(value.top, build.const(2))
        return build.floordiv(
            build.add(twice, value.bottom), build.mul(value.bottom, build.const(2))
        )

    def amount(self, node: typed.Numeric, cap: typed.Numeric | None) -> ir.Number:
        """Fen: never under zero, never over the cap, rounded once."""
        value = self.number(node)
        if cap is not None:
            value = self._extreme(False, value, self.number(cap))
        return self.rounded(self._extreme(True, value, self._fraction(Fraction(0))))


def _ranges(spans: list[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Sorted spans with neighbours joined."""
    joined: list[tuple[int, int]] = []
    for low, high in sorted(spans):
        if joined and low <= joined[-1][1] + 1:
            joined[-1] = (joined[-1][0], max(high, joined[-1][1]))
        else:
            joined.append((low, high))
    return tuple(joined)


def _tree_ranges(node: typed.Within) -> tuple[tuple[tuple[int, int], ...], tuple[int, ...]]:
    tree = node.fact.code_tree
    assert tree is not None
    yes = _ranges([tree.span(code) for code in node.codes])
    above = {tree.index(parent) for code in node.codes for parent in tree.ancestors(code)}
    inside = {p for p in above for low, high in yes if low <= p <= high}
    return yes, tuple(sorted(above - inside))
