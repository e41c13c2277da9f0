"""Random rules for SQL: from the expression language, and straight from the integer form.

The second kind reaches what no expression lowers to: divisors that are zero or negative, floors
of negative numbers, ranges of codes that cut through branches.
"""

from __future__ import annotations

from hypothesis import assume
from hypothesis import strategies as st

from huiqi.rules import ir, typed
from huiqi.rules.errors import ExpressionError
from huiqi.rules.lowering import Lowering
from huiqi.rules.program import Program, Rule
from tests.rules.world import DATE_HIGH, DATE_LOW, MOMENT, VOCABULARY, conditions, money

_NUMBERS = [
    key for key, fact in VOCABULARY.facts.items() if fact.type in ("number", "date", "flag")
]
# Made once: making them is slower than drawing from them.
_CONDITIONS: st.SearchStrategy[list[typed.Condition]] = st.lists(
    conditions(), min_size=1, max_size=3
)
_AMOUNTS, _CAPS = st.none() | money(3), st.none() | money(1)


@st.composite
def lowered_programs(draw: st.DrawFn) -> Program:
    """Two policies of random conditions and amounts in the expression language."""
    lowering = Lowering.on(MOMENT, VOCABULARY)
    rules = []
    for name in ("first", "second"):
        some, amount, cap = draw(_CONDITIONS), draw(_AMOUNTS), draw(_CAPS)
        try:
            criteria = tuple(lowering.condition(condition) for condition in some)
            fen = None if amount is None else lowering.amount(amount, cap)
        except ExpressionError:
            assume(False)
        rules.append(Rule(name, criteria, lowering.builder.all_of(list(criteria)), fen))
    return Program.of(rules, lowering.builder)


@st.composite
def graph_programs(draw: st.DrawFn) -> Program:
    """Two rules over random graphs whose nodes are used more than once."""
    graph = _Graph(draw)
    rules = []
    for name in ("first", "second"):
        criteria = tuple(graph.condition(3) for _ in range(draw(st.integers(1, 3))))
        amount = graph.number(4) if draw(st.booleans()) else None
        rules.append(Rule(name, criteria, graph.build.all_of(list(criteria)), amount))
    return Program.of(rules, graph.build)


class _Graph:
    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw
        bounds = {key: fact.bounds for key, fact in VOCABULARY.facts.items()}
        self.build = ir.Builder(bounds)
        self.numbers: list[ir.Number] = []
        self.conditions: list[ir.Bool] = []

    def number(self, depth: int) -> ir.Number:
        if self.numbers and self.draw(st.integers(0, 3)) == 0:
            return self.draw(st.sampled_from(self.numbers))
        made = self._leaf() if depth == 0 else self._operation(depth)
        self.numbers.append(made)
        return made

    def _leaf(self) -> ir.Number:
        if self.draw(st.booleans()):
            return self.build.fact(self.draw(st.sampled_from(_NUMBERS)))
        return self.build.const(self.draw(st.integers(-30, 30)))

    def _operation(self, depth: int) -> ir.Number:
        build, left = self.build, self.number(depth - 1)
        kind = self.draw(st.integers(0, 8))
        if kind == 0:
            return build.choose(self.condition(depth - 1), left, self.number(depth - 1))
        if kind == 1:
            return build.positive(left)
        if kind in (2, 3):
            right = self.number(depth - 1)
            if isinstance(right, ir.Const):
                right = build.const(abs(right.value) + 1)
            return build.floordiv(left, right)
        join = (build.add, build.sub, build.mul, build.minimum, build.maximum)[kind - 4]
        return join(left, self.number(depth - 1))

    def condition(self, depth: int) -> ir.Bool:
        if self.conditions and self.draw(st.integers(0, 4)) == 0:
            return self.draw(st.sampled_from(self.conditions))
        made = self._atom() if depth == 0 else self._junction(depth)
        self.conditions.append(made)
        return made

    def _junction(self, depth: int) -> ir.Bool:
        build = self.build
        kind = self.draw(st.integers(0, 5))
        if kind == 0:
            return build.negate(self.condition(depth - 1))
        if kind == 1:
            return build.ge(self.number(depth - 1), self.draw(st.integers(-50, 50)))
        if kind == 2:
            return build.eq(self.number(depth - 1), self.draw(st.integers(-5, 5)))
        items = [self.condition(depth - 1) for _ in range(self.draw(st.integers(2, 4)))]
        if kind == 3:
            return build.at_least(self.draw(st.integers(1, len(items))), items)
        return build.all_of(items) if kind == 4 else build.any_of(items)

    def _atom(self) -> ir.Bool:
        build = self.build
        fact = VOCABULARY[self.draw(st.sampled_from(sorted(VOCABULARY.facts)))]
        node = build.fact(fact.key)
        low, high = (DATE_LOW, DATE_HIGH) if fact.type == "date" else fact.bounds
        if fact.type == "set":
            return build.has_bits(node, self.draw(st.integers(1, high)), self.draw(st.booleans()))
        if fact.type == "code" and self.draw(st.booleans()):
            return self._in_codes(node, high)
        bound = self.draw(st.integers(low - 1, high + 1))
        return build.ge(node, bound) if self.draw(st.booleans()) else build.eq(node, bound)

    def _in_codes(self, node: ir.Fact, high: int) -> ir.Bool:
        inside = sorted(self.draw(st.sets(st.integers(1, high))))
        yes: list[ir.Bounds] = []
        for position in inside:
            if yes and yes[-1][1] == position - 1:
                yes[-1] = (yes[-1][0], position)
            else:
                yes.append((position, position))
        others = [position for position in range(1, high + 1) if position not in inside]
        maybe = self.draw(st.sets(st.sampled_from(others))) if others else set()
        return self.build.in_codes(node, tuple(yes), tuple(sorted(maybe)))
