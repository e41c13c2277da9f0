"""Many rules for one firm: screening changes nothing but the time."""

from __future__ import annotations

from hypothesis import given

from huiqi.rules import ir
from huiqi.rules.program import Program, Rule
from huiqi.rules.screen import Screen
from huiqi.rules.single import MANY, SingleFirm
from tests.rules.strategies import Case, cases


@given(cases(max_rows=30))
def test_many_rules_are_answered_as_one_by_one(case: Case) -> None:
    rules = case.program.rules
    negated = [
        Rule(rule.key, (no,), no, rule.amount)
        for rule in rules
        for no in [case.program.builder.negate(rule.condition)]
    ]
    many = (*rules, *negated) * (MANY // 2)
    screened = SingleFirm(Program.of(many, case.program.builder))
    alone = [SingleFirm(Program.of([rule], case.program.builder)) for rule in (*rules, *negated)]
    for row in case.rows:
        facts = dict(zip(case.program.facts, row, strict=True))
        expected = [single.evaluate(single.slots(facts)) for single in alone]
        states = [state for (state,), _ in expected] * (MANY // 2)
        amounts = [amount for _, (amount,) in expected] * (MANY // 2)
        assert screened.evaluate(screened.slots(facts)) == (states, amounts)


def test_conditions_on_one_fact_are_looked_up_and_others_left() -> None:
    build = ir.Builder({"people": (0, 100), "income": (0, 1000), "titles": (0, 7)})
    people, income = build.fact("people"), build.fact("income")
    threshold, exact = build.ge(people, 20), build.eq(people, 50)
    member = build.has_bits(build.fact("titles"), 2, every=False)
    compared = build.ge(build.sub(income, people), 0)
    first = build.all_of([threshold, build.negate(exact), member, compared])
    screen = Screen.of([first, build.any_of([threshold, member]), exact])
    assert screen.rests == [[compared], [build.any_of([threshold, member])], []]
    assert screen.unknown == {"people": 0b101, "titles": 0b001}
    table = screen.tables["people"]
    assert table.cuts == [20, 50, 51]
    # The first rule fails below 20 and at 50, the third everywhere but at 50.
    assert table.rows == [(0b101, 0), (0b100, 0), (0b001, 0), (0b100, 0)]
    assert screen.members["titles"] == [(member, (0, 0), (0b001, 0))]


def test_codes_above_a_listed_one_leave_a_rule_open() -> None:
    build = ir.Builder({"industry": (1, 60)})
    listed = build.in_codes(build.fact("industry"), ((5, 7),), (3,))
    table = Screen.of([listed, build.negate(listed)]).tables["industry"]
    assert table.cuts == [3, 4, 5, 8]
    assert table.rows == [(0b01, 0), (0, 0b11), (0b01, 0), (0b10, 0), (0b01, 0)]


def test_a_rule_of_very_many_calculations_among_many_rules() -> None:
    build = ir.Builder({"a": (0, 1000), "b": (0, 1000)})
    sums = [
        build.add(build.mul(build.fact("a"), build.const(n)), build.fact("b")) for n in range(9)
    ]
    items = [build.ge(number, bound) for number in sums[2:] for bound in range(1, 31)]
    rule = Rule("long", tuple(items), build.all_of(items), build.const(7))
    single = SingleFirm(Program.of([rule] * MANY, build))
    for facts, state in (({"a": 30, "b": 0}, ir.TRUE), ({"a": 14, "b": 1}, ir.FALSE)):
        assert single.evaluate(single.slots(facts))[0] == [state] * MANY
    assert single.evaluate(single.slots({"a": 30}))[0] == [ir.UNKNOWN] * MANY
