"""Facts as people write them: what is read, and what is refused rather than guessed."""

from __future__ import annotations

from decimal import Decimal

import pytest

from huiqi.rules.errors import FactError
from huiqi.rules.values import read_facts
from tests.rules.policies import PLACE


@pytest.mark.parametrize(
    ("facts", "message"),
    [
        ({"从业人员": 3, "employees": 5}, "“从业人员”和“employees”是同一个事实"),
        ({"营业收入": "12,5万元"}, "营业收入应填数字"),
        ({"营业收入": "1,0000元"}, "营业收入应填数字"),
        ({"营业收入": Decimal("NaN")}, "却是 NaN"),
        ({"营业收入": Decimal("1e999999999")}, "却是 1E+999999999"),
        ({"营业收入": Decimal("1e-999999999")}, "却是 1E-999999999"),
        ({"营业收入": float("inf")}, "却是“inf”"),
        ({"营业收入": -1}, "应在 0元 至"),
        ({"从业人员": True}, "从业人员应填数字"),
    ],
)
def test_refused(facts: dict[str, object], message: str) -> None:
    with pytest.raises(FactError) as refused:
        read_facts(facts, PLACE.vocabulary)
    assert message in str(refused.value)


def test_thousands_are_read_and_half_a_fen_rounds_up() -> None:
    written = {"营业收入": "1,234,567.895元", "利润总额": Decimal("-0.005")}
    assert read_facts(written, PLACE.vocabulary) == {"revenue": 123_456_790, "total_profit": 0}
