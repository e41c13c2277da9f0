"""The lowered and generated forms say what the reference interpreter says."""

from __future__ import annotations

from hypothesis import assume, given
from hypothesis import strategies as st

from huiqi.rules import ir, typed
from huiqi.rules.errors import ExpressionError
from huiqi.rules.interpreter import Interpreter
from huiqi.rules.lowering import Lowering
from huiqi.rules.missing import missing_in_condition
from huiqi.rules.program import Program, Rule
from huiqi.rules.single import SingleFirm
from tests.rules.world import FIRMS, MOMENT, VOCABULARY, conditions, money

STATES = {True: ir.TRUE, False: ir.FALSE, None: ir.UNKNOWN}
Firm = dict[str, int | None]


def compiled(
    condition: typed.Condition, amount: typed.Numeric | None, cap: typed.Numeric | None = None
) -> SingleFirm:
    lowering = Lowering.on(MOMENT, VOCABULARY)
    lowered = lowering.condition(condition)
    fen = None if amount is None else lowering.amount(amount, cap)
    rule = Rule("rule", (lowered,), lowered, fen)
    return SingleFirm(Program.of([rule], lowering.builder))


@given(conditions(), st.lists(FIRMS, min_size=1, max_size=5))
def test_conditions(condition: typed.Condition, firms: list[Firm]) -> None:
    try:
        single = compiled(condition, None)
    except ExpressionError:
        assume(False)
    for facts in firms:
        expected = Interpreter(MOMENT, facts).condition(condition)
        states, _ = single.evaluate(single.slots(facts))
        assert states == [STATES[expected]]


def test_a_shared_denominator_that_is_unknown_leaves_a_comparison_open() -> None:
    cost, profit = (
        typed.Arithmetic("/", _number(key), _number("income"), ()) for key in ("cost", "profit")
    )
    condition = typed.Compare(">=", cost, profit)
    single = compiled(condition, None)
    for income, expected in ((None, None), (0, None), (100, True)):
        facts = {"cost": 100, "profit": 50, "income": income}
        assert Interpreter(MOMENT, facts).condition(condition) is expected
        assert single.evaluate(single.slots(facts))[0] == [STATES[expected]]


def _number(key: str) -> typed.FactNumber:
    return typed.FactNumber(VOCABULARY[key])


@given(money(3), st.none() | money(1), st.lists(FIRMS, min_size=1, max_size=5))
def test_amounts(amount: typed.Numeric, cap: typed.Numeric | None, firms: list[Firm]) -> None:
    always = typed.All(())
    try:
        single = compiled(always, amount, cap)
    except ExpressionError:
        assume(False)
    for facts in firms:
        expected = Interpreter(MOMENT, facts).amount(amount, cap)
        assert single.evaluate(single.slots(facts)) == ([ir.TRUE], [expected])


@given(conditions(), FIRMS, FIRMS)
def test_what_is_not_named_as_missing_cannot_change_the_answer(
    condition: typed.Condition, facts: Firm, others: Firm
) -> None:
    before = Interpreter(MOMENT, facts)
    named = {fact.key for fact in missing_in_condition(condition, before)}
    known = before.condition(condition)
    assert (known is None) == bool(named)
    # Fill in every unknown fact that was not named: nothing changes.
    filled = {
        key: others[key] if value is None and key not in named else value
        for key, value in facts.items()
    }
    after = Interpreter(MOMENT, filled)
    assert after.condition(condition) == known
    assert {fact.key for fact in missing_in_condition(condition, after)} == named


@given(conditions(), FIRMS, FIRMS)
def test_a_settled_answer_stays_when_more_becomes_known(
    condition: typed.Condition, facts: Firm, others: Firm
) -> None:
    known = Interpreter(MOMENT, facts).condition(condition)
    assume(known is not None)
    filled = {key: others[key] if value is None else value for key, value in facts.items()}
    assert Interpreter(MOMENT, filled).condition(condition) == known
