"""Integer form → SQL expressions over the columns of the table of enterprises.

NULL is unknown. SQL's comparisons and AND, OR, NOT already have the three values of the rules
(Kleene), and ``+ - *`` of a NULL are NULL; what SQL treats otherwise is guarded here: LEAST and
GREATEST skip NULLs, CASE takes a NULL condition for a false one, a zero divisor is an error.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from huiqi.rules import ir
from huiqi.rules.dates import from_days
from huiqi.rules.sql.codes import CodeTests
from huiqi.rules.sql.dialects import (
    EPOCH,
    Dialect,
    NotExpressible,
    all_of,
    any_of,
    is_known,
    when_known,
    wrap,
)
from huiqi.rules.sql.widths import Widths
from huiqi.rules.vocabulary import DATE_BOUNDS, Vocabulary

ROWS = "e"
"""The alias of the table, or of the step, that an expression reads."""

_ARITHMETIC: dict[type[ir.BinaryNumber], type[exp.Binary]] = {
    ir.Add: exp.Add,
    ir.Sub: exp.Sub,
    ir.Mul: exp.Mul,
}
_ORDERED = ("date", "flag", "code")
"""Types whose columns are not the integers of the engine, but have their order."""

Guards = dict[exp.Expr, None]
"""Tests, each once, in order, that all hold exactly when a number is known."""


class Translator:
    """Writes nodes of one graph in one dialect."""

    def __init__(self, builder: ir.Builder, vocabulary: Vocabulary, dialect: Dialect) -> None:
        self.builder, self.vocabulary, self.dialect = builder, vocabulary, dialect
        self.steps: dict[int, str] = {}
        """Columns that hold a node already, by the node's id."""

        self._codes = CodeTests()
        self.widths = Widths(builder, vocabulary, dialect)

    def column(self, name: str) -> exp.Column:
        return exp.column(self.dialect.identifier(name), table=ROWS)

    def _step(self, node: ir.Node) -> exp.Column | None:
        name = self.steps.get(id(node))
        return None if name is None else self.column(name)

    def value(self, node: ir.Node) -> exp.Expr:
        """A condition or a number."""
        return self.condition(node) if isinstance(node, ir.Bool) else self.number(node)

    # --- conditions --------------------------------------------------------------------------

    def condition(self, node: ir.Bool) -> exp.Expr:
        """The condition as a boolean; NULL when unknown."""
        step = self._step(node)
        if step is not None:
            return step
        match node:
            case ir.Truth(value):
                return exp.convert(value)
            case ir.And(items):
                return all_of([self.condition(item) for item in items])
            case ir.Or(items):
                return any_of([self.condition(item) for item in items])
            case ir.Not(item):
                return self._negated(item)
            case ir.AtLeast():
                return self._at_least(node)
            case _:
                return self._atom(node)

    def _negated(self, item: ir.Bool) -> exp.Expr:
        if isinstance(item, ir.Ge) and id(item) not in self.steps:
            return self._ge(item, reached=False)
        inner = self.condition(item)
        simple = isinstance(inner, exp.Column | exp.Boolean)
        return exp.Not(this=inner if simple else exp.Paren(this=inner))

    def _at_least(self, node: ir.AtLeast) -> exp.Expr:
        """Enough are certain: true. Too many are ruled out: false. Else NULL."""
        items = [self.condition(item) for item in node.items]
        certain = self._count(items, when_true=1, otherwise=0)
        possible = self._count(
            [exp.Not(this=exp.Paren(this=item.copy())) for item in items], when_true=0, otherwise=1
        )
        count = exp.convert(node.count)
        return (
            exp.case()
            .when(exp.GTE(this=certain, expression=count), exp.true())
            .when(exp.LT(this=possible, expression=count.copy()), exp.false())
        )

    def _count(self, items: list[exp.Expr], *, when_true: int, otherwise: int) -> exp.Expr:
        ones = [
            exp.case().when(item, exp.convert(when_true)).else_(exp.convert(otherwise))
            for item in items
        ]
        total: exp.Expr = ones[0]
        for one in ones[1:]:
            total = exp.Add(this=total, expression=one)
        return total

    def _atom(self, node: ir.Atom) -> exp.Expr:
        match node:
            case ir.Ge():
                return self._ge(node, reached=True)
            case ir.Eq():
                return self._eq(node)
            case ir.InCodes(fact):
                found = self.vocabulary[fact.key]
                return self._codes.test(node, found, self.column(fact.key))
            case ir.HasBits(fact, mask, every):
                members = self.vocabulary[fact.key].decode(mask)
                return self.dialect.has(self.column(fact.key), members, every)

    def _ge(self, node: ir.Ge, *, reached: bool) -> exp.Expr:
        """``item >= bound``, or its negation."""
        item, bound = node.item, node.bound
        if isinstance(item, ir.Fact) and self.vocabulary[item.key].type in _ORDERED:
            return self._fact_ge(item, bound, reached)
        if isinstance(item, ir.Sub) and bound in (0, 1) and id(item) not in self.steps:
            kind = (exp.LT, exp.LTE, exp.GTE, exp.GT)[2 * reached + bound]
            return self._compare_sides(kind, item)
        # Of ``x > 20`` and ``x >= 21`` people mean the one with the rounder number.
        exclusive = _roundness(bound - 1) > _roundness(bound)
        kind = (exp.LT, exp.LTE, exp.GTE, exp.GT)[2 * reached + exclusive]
        limit = self._shown(item, bound - exclusive)
        return kind(this=self.number(item), expression=limit)

    def _compare_sides(self, kind: type[exp.Binary], item: ir.Sub) -> exp.Expr:
        sides = [self._date_column(side) for side in (item.left, item.right)]
        left, right = (
            self.number(side) if None in sides else column
            for side, column in zip((item.left, item.right), sides, strict=True)
        )
        assert left is not None and right is not None
        return kind(this=left, expression=right)

    def _date_column(self, node: ir.Number) -> exp.Column | None:
        if isinstance(node, ir.Fact) and self.vocabulary[node.key].type == "date":
            return self.column(node.key)
        return None

    def _fact_ge(self, item: ir.Fact, bound: int, reached: bool) -> exp.Expr:
        fact, column = self.vocabulary[item.key], self.column(item.key)
        low, high = DATE_BOUNDS if fact.type == "date" else fact.bounds
        if not low < bound <= high:
            # Settled for any known value.
            value = exp.convert((bound <= low) == reached)
            return when_known([is_known(column)], value)
        if fact.type == "flag":
            return column if reached else exp.Not(this=column)
        if fact.type == "date":
            kind, day = (exp.GTE, bound) if reached else (exp.LTE, bound - 1)
            return kind(this=column, expression=self.dialect.date(from_days(day)))
        span = (bound, high) if reached else (low, bound - 1)
        return self._codes.test(ir.InCodes(item, (span,), ()), fact, column)

    def _eq(self, node: ir.Eq) -> exp.Expr:
        item, value = node.item, node.value
        if isinstance(item, ir.Sub) and value == 0 and id(item) not in self.steps:
            return self._compare_sides(exp.EQ, item)
        if not isinstance(item, ir.Fact) or self.vocabulary[item.key].type not in _ORDERED:
            return exp.EQ(this=self.number(item), expression=self._shown(item, value))
        fact, column = self.vocabulary[item.key], self.column(item.key)
        low, high = fact.bounds
        if not low <= value <= high:
            return when_known([is_known(column)], exp.false())
        if fact.type == "flag":
            return column if value else exp.Not(this=column)
        if fact.type == "date":
            return exp.EQ(this=column, expression=self.dialect.date(from_days(value)))
        return self._codes.test(ir.InCodes(item, ((value, value),), ()), fact, column)

    def _shown(self, item: ir.Number, value: int) -> exp.Expr:
        """A bound, with its meaning beside it where the stored number does not show it."""
        literal = self.dialect.integer(value)
        if isinstance(item, ir.Fact):
            fact = self.vocabulary[item.key]
            if fact.unit.factor * fact.scale != 1:
                literal.add_comments([fact.show(value)])
        return literal

    # --- numbers -----------------------------------------------------------------------------

    def number(self, node: ir.Number) -> exp.Expr:
        """The number; NULL when unknown."""
        step = self._step(node)
        if step is not None:
            return step
        match node:
            case ir.Const(value):
                return self.dialect.integer(value)
            case ir.Fact(key):
                return self._fact(key)
            case ir.Choose():
                return self._choose(node, known=False)
            case _ if self._needs_guard(node):
                return when_known(list(self._guards(node)), self._calculated(node, known=True))
            case _:
                return self._calculated(node, known=False)

    def _fact(self, key: str) -> exp.Expr:
        column = self.column(key)
        match self.vocabulary[key].type:
            case "number":
                return column
            case "date":
                return self.dialect.days(column, self.dialect.date(EPOCH))
            case "flag":
                ones = exp.case().when(column, self.dialect.branch(1))
                return ones.when(exp.Not(this=column.copy()), self.dialect.branch(0))
            case kind:
                raise NotExpressible(f"{self.vocabulary[key].name}（{kind}）不能当数来算")

    def _calculated(self, node: ir.Number, *, known: bool) -> exp.Expr:
        """A number whose parts NULL passes through, or whose facts are ``known`` here."""
        if id(node) in self.steps or isinstance(node, ir.Const | ir.Fact):
            return self.number(node)
        if isinstance(node, ir.Choose):
            return self._choose(node, known=known)
        if isinstance(node, ir.Min | ir.Max) and self.widths.idle(node):
            return self._calculated(node.left, known=known)
        if isinstance(node, ir.Positive):
            item = self._calculated(node.item, known=known)
            return item if known else exp.Nullif(this=item, expression=exp.convert(0))
        if isinstance(node, ir.FloorDiv):
            return self._floor_division(node, known)
        left, right = (self._calculated(part, known=known) for part in (node.left, node.right))
        widest = max(self.widths[node.left], self.widths[node.right])
        if widest < self.widths[node]:
            left = self.dialect.widened(left, self.widths[node])
        if isinstance(node, ir.Min):
            return exp.Least(this=left, expressions=[right], ignore_nulls=True)
        if isinstance(node, ir.Max):
            return exp.Greatest(this=left, expressions=[right], ignore_nulls=True)
        return _operation(_ARITHMETIC[type(node)], left, right)

    def _floor_division(self, node: ir.FloorDiv, known: bool) -> exp.Expr:
        left, right = (self._calculated(part, known=known) for part in (node.left, node.right))
        width = self.widths[node]
        divided = self.dialect.quotient(left, right, width)
        if self.builder.bounds(node.left)[0] >= 0:
            return divided
        # All four cut off towards zero; below zero the floor is one step further.
        shifted = exp.Add(this=wrap(left.copy()), expression=exp.convert(1))
        below = self.dialect.quotient(shifted, right.copy(), width)
        negative = exp.LT(this=left.copy(), expression=exp.convert(0))
        lower = exp.Sub(this=wrap(below), expression=exp.convert(1))
        return exp.case().when(negative, lower).else_(divided)

    def _choose(self, node: ir.Choose, *, known: bool) -> exp.Expr:
        """Branches whose conditions are unknown together are one CASE, else one inside another."""
        guards = self._condition_guards(node.condition)
        cases, rest = exp.case(), self._chain(node)[-1]
        for choice in self._chain(node)[:-1]:
            assert isinstance(choice, ir.Choose)
            value = self._branch(choice.yes, known=known)
            cases = cases.when(self.condition(choice.condition), value)
        last = self._branch(rest, known=known)
        if known or guards == {}:
            return cases.else_(last)
        if guards is None:
            return cases.when(self._negated(node.condition), last)
        return cases.when(all_of(list(guards)), last)

    def _branch(self, node: ir.Number, *, known: bool) -> exp.Expr:
        if isinstance(node, ir.Const):
            return self.dialect.branch(node.value)
        return self._calculated(node, known=True) if known else self.number(node)

    def _chain(self, node: ir.Choose) -> list[ir.Number]:
        """The choice, those after it that are unknown when it is, and the last value."""
        guards = self._condition_guards(node.condition)
        chain: list[ir.Number] = [node]
        rest = node.no
        while (
            guards is not None
            and isinstance(rest, ir.Choose)
            and id(rest) not in self.steps
            and self._condition_guards(rest.condition) == guards
        ):
            chain.append(rest)
            rest = rest.no
        return [*chain, rest]

    # --- what makes a number known -----------------------------------------------------------

    def _needs_guard(self, node: ir.Number) -> bool:
        return any(
            (isinstance(part, ir.Min | ir.Max) and not self.widths.idle(part))
            or (isinstance(part, ir.FloorDiv) and not self.widths.surely_positive(part.right))
            or (isinstance(part, ir.Positive) and self.builder.bounds(part.item)[0] < 0)
            for part in self._strict_parts(node)
        )

    def _strict_parts(self, node: ir.Number) -> Iterator[ir.Number]:
        """The node and the parts it is unknown with, down to facts, choices and steps."""
        yield node
        if id(node) in self.steps or isinstance(node, ir.Choose | ir.Const | ir.Fact):
            return
        parts = (node.item,) if isinstance(node, ir.Positive) else (node.left, node.right)
        for part in parts:
            yield from self._strict_parts(part)

    def _guards(self, node: ir.Number) -> Guards:
        """Tests that all hold exactly when a number is known; NULL counts as not holding."""
        guards: Guards = {}
        for part in self._strict_parts(node):
            step = self._step(part)
            if step is not None:
                guards[is_known(step)] = None
                continue
            match part:
                case ir.Fact(key):
                    if _positive(self.column(key)) not in guards:
                        guards[is_known(self.column(key))] = None
                case ir.Choose():
                    guards |= self._choice_guards(part)
                case ir.Positive(divisor) | ir.FloorDiv(_, divisor) if (
                    not self.widths.surely_positive(divisor)
                ):
                    guards[_positive(self.number(divisor))] = None
                case _:
                    pass
        return guards

    def _choice_guards(self, node: ir.Choose) -> Guards:
        *choices, rest = self._chain(node)
        guards = self._condition_guards(node.condition)
        if guards is None:
            guards = {is_known(exp.Paren(this=self.condition(node.condition))): None}
        values = [choice.yes for choice in choices if isinstance(choice, ir.Choose)]
        if all(self._guards(value).keys() <= guards.keys() for value in (*values, rest)):
            return guards
        return {is_known(self.number(node)): None}

    def _condition_guards(self, node: ir.Bool) -> Guards | None:
        """Tests that all hold exactly when a condition is known; None: not as simple as that."""
        match node:
            case _ if id(node) in self.steps:
                return None
            case ir.Not(item):
                return self._condition_guards(item)
            case ir.Ge(number) | ir.Eq(number):
                return self._guards(number)
            case ir.InCodes(fact, _, maybe):
                return None if maybe else {is_known(self.column(fact.key)): None}
            case ir.HasBits(fact):
                return {self.dialect.set_known(self.column(fact.key)): None}
            case _:
                return None


def _operation(kind: type[exp.Binary], left: exp.Expr, right: exp.Expr) -> exp.Expr:
    """Parentheses where multiplication meets addition, and on the right; 1 + (-2) is 1 - 2."""
    if kind is exp.Add and isinstance(right, exp.Neg):
        kind, right = exp.Sub, right.this
    if kind is exp.Mul or not isinstance(left, exp.Add | exp.Sub | exp.Mul):
        left = left if isinstance(left, exp.Mul) else wrap(left)
    return kind(this=left, expression=right if isinstance(right, exp.Mul) else wrap(right))


def _positive(item: exp.Expr) -> exp.Expr:
    return exp.GT(this=item, expression=exp.convert(0))


def _roundness(value: int) -> int:
    """How many zeros a number ends in."""
    return len(str(value)) - len(str(value).rstrip("0")) if value else 99
