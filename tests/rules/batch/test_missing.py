"""What all firms at once miss, or do not meet, is what one firm at a time does."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from huiqi.rules import ir, typed
from huiqi.rules.batch.chunk import Chunk
from huiqi.rules.batch.firms import AllFirms
from huiqi.rules.determination import Explainer, Firm
from huiqi.rules.errors import ExpressionError
from huiqi.rules.interpreter import Interpreter
from huiqi.rules.jurisdiction import load_jurisdiction
from huiqi.rules.lowering import Lowering
from huiqi.rules.missing import missing_in_condition, missing_in_number
from huiqi.rules.program import Program, Rule, compile_policies
from tests.rules.policies import ROOT
from tests.rules.sql.shipped import PLACES, firms_near
from tests.rules.world import FIRMS, MOMENT, VOCABULARY, conditions, money

Facts = dict[str, int | None]
ON = date(2026, 6, 1)
SOME_CONDITIONS = st.lists(conditions(), min_size=1, max_size=3)
AMOUNTS = st.none() | money(3)


def chunk_of(program: Program, firms: list[Facts]) -> Chunk:
    engine = AllFirms(program)
    columns = {key: [firm[key] for firm in firms] for key in program.facts}
    columns["anything"] = [0] * len(firms)
    schema = dict.fromkeys(columns, pl.Int64)
    return engine.chunk(engine.encode(pl.DataFrame(columns, schema=schema)))


def named(keys: list[str], number: int) -> set[str]:
    assert number >> len(keys) == 0
    return {key for bit, key in enumerate(keys) if number >> bit & 1}


def keys_of(rule: Rule) -> list[str]:
    return ir.fact_keys(*rule.criteria, *([] if rule.amount is None else [rule.amount]))


def missing_of_one(
    criteria: list[typed.Condition], amount: typed.Numeric | None, facts: Facts
) -> set[str]:
    interpreter = Interpreter(MOMENT, facts)
    holds = interpreter.condition(typed.All(tuple(criteria)))
    found = []
    if holds is None:
        found = missing_in_condition(typed.All(tuple(criteria)), interpreter)
    elif holds and amount is not None:
        found = missing_in_number(amount, interpreter)
    return {fact.key for fact in found}


@given(SOME_CONDITIONS, AMOUNTS, st.lists(FIRMS, min_size=1, max_size=20))
def test_random_rules(
    criteria: list[typed.Condition], amount: typed.Numeric | None, firms: list[Facts]
) -> None:
    lowering = Lowering.on(MOMENT, VOCABULARY)
    try:
        lowered = [lowering.condition(criterion) for criterion in criteria]
        fen = None if amount is None else lowering.amount(amount, None)
    except ExpressionError:
        assume(False)
    rule = Rule("rule", tuple(lowered), lowering.builder.all_of(lowered), fen)
    chunk = chunk_of(Program.of([rule], lowering.builder), firms)
    found = chunk.missing(0).tolist()
    assert [named(keys_of(rule), number) for number in found] == [
        missing_of_one(criteria, amount, facts) for facts in firms
    ]
    assert chunk.unmet(0).tolist() == [
        sum(
            1 << number
            for number, criterion in enumerate(criteria)
            if Interpreter(MOMENT, facts).condition(criterion) is False
        )
        for facts in firms
    ]


@pytest.mark.parametrize("code", PLACES)
def test_shipped_policies(code: str) -> None:
    place = load_jurisdiction(ROOT, code)
    policies = place.in_force(ON)
    program = compile_policies(policies, place.vocabulary, place.moment(ON))
    firms = firms_near(program, place.vocabulary, 70, seed=5)
    chunk, explainer = chunk_of(program, firms), Explainer(place, ON, policies)
    answers = [explainer.explain(Firm(facts)) for facts in firms]
    for index, policy in enumerate(policies):
        keys = keys_of(program.rules[index])
        found = [named(keys, number) for number in chunk.missing(index).tolist()]
        assert found == [{fact.key for fact in row[index].open_facts} for row in answers], (
            policy.key
        )
        names = [criterion.key for criterion in policy.criteria]
        unmet = [named(names, number) for number in chunk.unmet(index).tolist()]
        assert unmet == [set(row[index].unmet) for row in answers], policy.key


def test_more_than_64_facts_are_integers_of_any_size() -> None:
    keys = [f"fact_{number}" for number in range(70)]
    builder = ir.Builder(dict.fromkeys(keys, (0, 10)))
    criteria = tuple(builder.ge(builder.fact(key), 5) for key in keys)
    rule = Rule("rule", criteria, builder.all_of(list(criteria)), None)
    firms: list[Facts] = [
        dict.fromkeys(keys, None),
        dict.fromkeys(keys, 7),
        {**dict.fromkeys(keys, 7), keys[3]: None, keys[69]: None},
        {**dict.fromkeys(keys, 0), keys[3]: None},
    ]
    chunk = chunk_of(Program.of([rule], builder), firms)
    assert chunk.missing(0).tolist() == [2**70 - 1, 0, 2**69 + 2**3, 0]
    assert chunk.unmet(0).tolist() == [0, 0, 0, 2**70 - 1 - 2**3]
