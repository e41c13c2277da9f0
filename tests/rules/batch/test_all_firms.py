"""All firms at once give what one firm at a time gives."""

from __future__ import annotations

from unittest.mock import patch

import polars as pl
from hypothesis import given

from huiqi.rules import ir
from huiqi.rules.batch import planes
from huiqi.rules.batch.firms import AllFirms
from huiqi.rules.batch.totals import RuleTotals, Totals
from huiqi.rules.single import SingleFirm
from tests.rules.strategies import Case, cases


def frame_of(case: Case) -> pl.DataFrame:
    schema = dict.fromkeys(case.program.facts, pl.Int64)
    return pl.DataFrame(case.columns, schema=schema) if schema else no_columns(len(case.rows))


def no_columns(rows: int) -> pl.DataFrame:
    return pl.DataFrame({"anything": [0] * rows})


def totals_one_by_one(case: Case) -> Totals:
    single = SingleFirm(case.program)
    found = [[0, 0, 0, 0, 0] for _ in case.program.rules]
    for row in case.rows:
        for total, rule, state, amount in zip(
            found, case.program.rules, *single.evaluate(row), strict=True
        ):
            total[0] += state == ir.TRUE
            total[1] += state == ir.UNKNOWN
            total[2] += state == ir.FALSE
            total[3] += amount or 0
            total[4] += state == ir.TRUE and rule.amount is not None and amount is None
    return Totals(len(case.rows), tuple(RuleTotals(*total) for total in found))


def check_firm_by_firm(case: Case) -> None:
    engine, single = AllFirms(case.program), SingleFirm(case.program)
    chunk = engine.chunk(engine.encode(frame_of(case)))
    answers = [single.evaluate(row) for row in case.rows]
    criteria = [single.criteria(row) for row in case.rows]
    place = 0
    for index, rule in enumerate(case.program.rules):
        assert chunk.states(index).tolist() == [states[index] for states, _ in answers]
        values, known = chunk.amounts(index)
        found = [int(v) if k else None for v, k in zip(values, known, strict=True)]
        assert found == [amounts[index] for _, amounts in answers]
        for number in range(len(rule.criteria)):
            expected = [states[place + number] for states in criteria]
            assert chunk.criterion_states(index, number).tolist() == expected
        place += len(rule.criteria)
    assert chunk.totals() == totals_one_by_one(case)


@given(cases())
def test_every_answer_is_that_of_one_firm(case):
    check_firm_by_firm(case)


@given(cases(huge=True))
def test_also_when_numbers_leave_64_bits(case):
    check_firm_by_firm(case)


@given(cases(huge=True))
def test_also_block_by_block(case):
    with patch.object(planes, "BLOCK", 64):
        check_firm_by_firm(case)


@given(cases(huge=True))
def test_totals_are_those_of_the_firms(case):
    engine = AllFirms(case.program)
    columns = engine.encode(frame_of(case))
    expected = totals_one_by_one(case)
    assert engine.totals(columns) == expected
    assert engine.totals(columns) == expected
