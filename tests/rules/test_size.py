"""Size classes: the one-firm classification and the columns of a whole table agree."""

from __future__ import annotations

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from huiqi.rules.matching import Matcher
from tests.rules.policies import ON, PLACE, determine, policy

STANDARD = PLACE.size_standard(ON)
MATCHER = Matcher.of(PLACE, ON, [policy("从业人员 >= 1人")])
NEAR = {"人": (0, 9, 10, 19, 20, 99, 100, 299, 300, 1000)}
MONEY = tuple(million * 100_000_000 for million in (0, 1, 3, 5, 20, 50, 100, 400, 800, 1200))


def _stored(key: str) -> st.SearchStrategy[int | None]:
    fact = PLACE.vocabulary[key]
    if fact.type == "code":
        return st.none() | st.integers(*fact.bounds)
    return st.none() | st.sampled_from(NEAR.get(fact.unit.name, MONEY))


FIRMS = st.fixed_dictionaries({key: _stored(key) for key in STANDARD.facts_read})


@given(st.lists(FIRMS, min_size=1, max_size=8))
def test_a_table_is_classified_as_each_of_its_firms(firms: list[dict[str, int | None]]) -> None:
    frame = pl.DataFrame(firms, schema=dict.fromkeys(STANDARD.facts_read, pl.Int64))
    sizes = [STANDARD.classify(firm).size for firm in firms]
    assert MATCHER.match(frame).sizes.tolist() == sizes


def test_a_rule_on_size_is_for_kinds_that_have_one() -> None:
    rule = policy("企业规模 属于 [小型, 微型]")
    facts = {"行业": "C2613", "从业人员": 5, "营业收入": "100万元"}
    assert determine(rule, **facts, 主体类型="企业").status == "eligible"
    assert determine(rule, **facts, 主体类型="事业单位").status == "ineligible"
    unknown = determine(rule, **facts)
    assert unknown.status == "undetermined"
    assert [fact.name for fact in unknown.missing] == ["主体类型"]
