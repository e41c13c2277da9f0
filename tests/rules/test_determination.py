"""Determinations: amounts with derivation, missing facts, the next question, one step, replay."""

from __future__ import annotations

from datetime import date
from itertools import product
from typing import Any

import polars as pl
import pytest

from huiqi.rules.cautions import marks
from huiqi.rules.determination import Explainer, Firm
from huiqi.rules.effort import reach
from huiqi.rules.matching import Matcher
from huiqi.rules.values import read_facts
from tests.rules.policies import ON, PLACE, determine, policy

AWARD = {"text": "奖励研发费用的10%", "amount": "奖励额", "cap": "50万元"}
RULE = policy(
    "从业人员 >= 20人",
    "研发费用 / 营业收入 >= 3%",
    "非 失信被执行人",
    define={"奖励额": "研发费用 * 10%"},
    benefit=AWARD,
)
FIRM = {"从业人员": 20, "研发费用": 600_000, "营业收入": 20_000_000, "失信被执行人": "否"}


def test_eligible_with_amount_and_derivation() -> None:
    found = determine(RULE, **FIRM)
    assert (found.status, found.amount) == ("eligible", 6_000_000)
    assert [str(step) for step in found.trace] == [
        "奖励额 = 研发费用 * 10% = 60万元 × 10% = 6万元",
        "金额 = 奖励额 = 6万元",
        "上限 = 50万元（没有超过上限）",
        "四舍五入到分 = 60,000元",
    ]


def test_the_cap_shows_in_the_derivation() -> None:
    found = determine(RULE, **{**FIRM, "研发费用": "600万元"})
    assert found.amount == 50_000_000
    assert "上限 = 50万元（超过上限，按上限计算）" in [str(step) for step in found.trace]


def test_a_rate_is_shown_in_the_unit_of_its_file() -> None:
    value = {"from": "2020-01-01", "value": "6000元/年", "source": "示例", "confidence": "low"}
    rule = policy(
        "从业人员 >= 1人",
        parameters={"扣减标准": {"unit": "元/年", "values": [value]}},
        benefit={"text": "甲", "amount": "重点群体工作总月数 * 扣减标准"},
    )
    found = determine(rule, 从业人员=1, 重点群体工作总月数="18个月")
    assert found.amount == 900_000
    steps = [str(step) for step in found.trace]
    assert steps[0] == "扣减标准 = 6,000元/年（自 2020-01-01 起，示例）"
    assert "× 6,000元/年 = 9,000元" in steps[1]


def test_only_facts_that_can_still_change_the_answer_are_missing() -> None:
    found = determine(RULE, 从业人员=20)
    assert [fact.name for fact in found.missing] == ["研发费用", "营业收入", "失信被执行人"]
    assert determine(RULE, 从业人员=19).missing == []
    assert determine(RULE, 从业人员=19).unmet == ["c1"]


def test_a_missing_amount_is_asked_for_even_when_eligible() -> None:
    rule = policy("从业人员 >= 20人", benefit={"text": "甲", "amount": "研发费用 * 10%"})
    found = determine(rule, 从业人员=20)
    assert (found.status, found.amount) == ("eligible", None)
    assert [fact.name for fact in found.missing] == ["研发费用"]


def test_zero_under_a_fraction_line_is_named_and_not_asked_for() -> None:
    found = determine(RULE, **{**FIRM, "营业收入": 0, "研发费用": 0})
    assert found.status == "undetermined"
    assert (found.missing, found.next_question) == ([], None)
    assert [fact.name for fact in found.zero_denominators] == ["营业收入"]
    assert found.as_json()["zero_denominators"] == ["营业收入"]
    unknown = determine(RULE, **{**FIRM, "营业收入": None})
    assert [fact.name for fact in unknown.missing] == ["营业收入"]
    assert unknown.zero_denominators == []


def test_the_match_says_the_same_of_zero_under_a_fraction_line() -> None:
    facts = [
        read_facts({**FIRM, "营业收入": revenue, "失信被执行人": listed}, PLACE.vocabulary)
        for revenue, listed in ((0, "否"), (None, "否"), (0, None))
    ]
    matched = Matcher.of(PLACE, ON, [RULE]).match(pl.DataFrame(facts))
    below = "分母是 0（营业收入），比例算不出"
    assert matched.missing(0).tolist() == [below, "营业收入", f"失信被执行人；{below}"]
    bit = 1 << matched.missing_keys(0).index("revenue")
    masks = matched.missing_masks(0).tolist()
    assert [bool(mask & bit) for mask in masks] == [False, True, False]


def test_the_next_question_settles_most() -> None:
    # One answer to 失信被执行人 settles the rule half the time; 从业人员 alone never makes it true.
    rule = policy("从业人员 >= 20人 或 失信被执行人", "营业收入 >= 10元 或 失信被执行人")
    question = determine(rule).next_question
    assert question is not None
    assert question.fact.name == "失信被执行人"
    assert question.text == PLACE.vocabulary["court_defaulter"].model.question


@pytest.mark.parametrize(
    ("condition", "facts", "text"),
    [
        ("从业人员 >= 20人", {"从业人员": 15}, "从业人员还差 5人"),
        ("营业收入 >= 300万元", {"营业收入": 1_800_000}, "营业收入还差 120万元"),
        ("行政处罚次数 <= 2次", {"行政处罚次数": 4}, "行政处罚次数超出 2次"),
        ("研发费用 / 营业收入 >= 3%", {"研发费用": 2, "营业收入": 100}, "研发费用还差 1元"),
        ("成立日期 距今 满 3年", {"成立日期": "2024-01-10"}, "再过 47 天（2027-01-10）"),
        ("成立日期 距今 超过 3年", {"成立日期": "2024-01-10"}, "再过 48 天（2027-01-11）"),
        (
            "从业人员 >= 20人 且 从业人员 <= 30人",
            {"从业人员": 15},
            "从业人员还差 5人",
        ),
        (
            "分档(从业人员, 全额, 0人: 0分, 10人: 30分, 20人: 60分) >= 60分",
            {"从业人员": 12},
            "从业人员还差 8人",
        ),
        ("从业人员 >= 20人", {"从业人员": 10}, "从业人员还差 10人"),  # just doubled
        ("月销售额 <= 10万元", {"月销售额": "11万元"}, "月销售额超出 1万元"),  # a tenth
        ("贷款利率 <= 2%", {"贷款利率": "4%"}, "贷款利率超出 2%"),  # just halved
        ("招用退役士兵人数 >= 3人", {"招用退役士兵人数": 0}, "招用退役士兵人数还差 3人"),
        # Flat until 10, then rising: the step goes round the bend.
        ("取大(从业人员 - 10人, 0人) >= 5人", {"从业人员": 9}, "从业人员还差 6人"),
    ],
)
def test_one_step(condition: str, facts: dict[str, Any], text: str) -> None:
    step = determine(policy(condition), **facts).one_step
    assert step is not None
    assert step.text == text


@pytest.mark.parametrize(
    "condition",
    [
        "取大(从业人员 - 10人, 0人) >= 5人",
        "取小(从业人员 * 2, 30人) + 从业人员 >= 41人",
        "限于(从业人员, 10人, 20人) * 3 - 从业人员 介于 25人 至 30人",
        "分档(从业人员, 超额, 0人: 0, 10人: 1, 30人: 3) >= 27人",
        "若(从业人员 < 30人, 从业人员, 2 * 从业人员) >= 70人",
        "取大(取小(从业人员, 10人), 从业人员 - 20人) = 11人",
        "至少2项(从业人员 >= 7人, 从业人员 >= 12人, 从业人员 < 3人)",
    ],
)
def test_no_smaller_step_is_found_by_trying_all(condition: str) -> None:
    rule = policy(condition)
    explainer = Explainer(PLACE, ON, (rule,))
    found = [explainer.explain(Firm({"employees": people}))[0] for people in range(100)]
    for people, determination in enumerate(found):
        _, most = reach(PLACE.vocabulary["employees"], people)
        possible = range(people + 1, min(most + 1, 100))
        enough = [more for more in possible if found[more].status == "eligible"]
        step = determination.one_step
        wanted = enough[0] if enough and determination.status == "ineligible" else None
        assert (step and step.after) == wanted


def test_one_step_in_two_criteria_is_the_smallest_by_trying_all() -> None:
    """A lever must meet every criterion that reads it, and the others must be met anyway."""
    rule = policy(
        "从业人员 * 3 >= 研发人员数 * 4 + 7人", "从业人员 + 科技人员数 <= 40人", "科技人员数 >= 2人"
    )
    explainer = Explainer(PLACE, ON, (rule,))
    staff = PLACE.vocabulary["employees"]
    keys = [PLACE.vocabulary.find(name).key for name in ("研发人员数", "科技人员数")]
    for people, research, skilled in product(range(8, 40, 3), range(0, 25, 4), range(6)):
        facts = {"employees": people, keys[0]: research, keys[1]: skilled}
        found = explainer.explain(Firm(facts))[0]
        values = range(people + 1, reach(staff, people)[1] + 1)
        enough = [
            value
            for value in values
            if explainer.explain(Firm({**facts, "employees": value}))[0].status == "eligible"
        ]
        finder = explainer.step_finder(rule)
        (lever,) = (one for one in finder.levers if one.fact is staff)
        moved = lever.moved(finder.single.slots(facts)) if found.unmet else None
        alone = found.unmet and skilled >= 2
        assert (moved if alone else None) == (enough[0] if enough and alone else None)


@pytest.mark.parametrize(
    ("conditions", "facts"),
    [
        (["从业人员 >= 20人", "非 失信被执行人"], {"从业人员": 15}),  # the other is unknown
        (["从业人员 >= 20人", "营业收入 >= 10元"], {"从业人员": 15, "营业收入": 1}),
        (["登记地 位于 格尔木市"], {"登记地": "德令哈市"}),
        (["成立日期 距今 不满 3年"], {"成立日期": "2020-01-10"}),
        (["从业人员 >= 20人"], {"从业人员": 25}),
        (["从业人员 <= 20人"], {"从业人员": 23}),  # nobody is advised to dismiss people
        (["从业人员 >= 20人"], {}),
        (["从业人员 >= 20人"], {"从业人员": 9}),  # more than doubled
        (["贷款利率 <= 2%"], {"贷款利率": "4.1%"}),  # less than halved
        (["研发费用 >= 100万元"], {"研发费用": 0}),  # of nothing, every sum is too much
        (["月销售额 <= 10万元"], {"月销售额": "12万元"}),  # nobody is advised to sell much less
        (["停产停业天数 >= 15天"], {"停产停业天数": 14}),  # nor to stand still
    ],
)
def test_no_single_step(conditions: list[str], facts: dict[str, Any]) -> None:
    assert determine(policy(*conditions), **facts).one_step is None


def test_a_step_is_always_enough() -> None:
    rule = policy("企业资质 包含 高新技术企业", "非 失信被执行人")
    facts = {"企业资质": "绿色工厂", "失信被执行人": "否"}
    step = determine(rule, **facts).one_step
    assert step is not None
    assert "高新技术企业" in step.text
    after = {**read_facts(facts, PLACE.vocabulary), step.fact.key: step.after}
    assert Explainer(PLACE, ON, (rule,)).explain(Firm(after))[0].status == "eligible"


@pytest.mark.parametrize(
    ("condition", "on", "marked"),
    [
        ("成立日期 距今 满 10个工作日", date(2027, 1, 5), [2027]),
        ("成立日期 距今 满 10个工作日", date(2026, 3, 2), []),
        ("成立日期 距今 满 3年", date(2027, 1, 5), []),
    ],
)
def test_working_days_without_a_holiday_schedule_are_provisional(
    condition: str, on: date, marked: list[int]
) -> None:
    found = determine(policy(condition), on=on, 成立日期="2024-01-10")
    sentences = [text for text in found.as_json()["cautions"] if "暂定" in text]
    assert sentences == [
        f"{year} 年没有节假日安排，工作日只按周末推算，结果是暂定的" for year in marked
    ]
    words = marks(found.policy, PLACE.moment(on), PLACE.texts)
    assert ("工作日暂定" in words) == bool(marked)


def test_the_edition_is_chosen_by_date() -> None:
    values = [
        {"from": "2020-01-01", "value": "10人", "source": "测试", "confidence": "low"},
        {"from": "2026-01-01", "value": "20人", "source": "测试", "confidence": "low"},
    ]
    rule = policy("从业人员 >= 下限", parameters={"下限": {"unit": "人", "values": values}})
    assert determine(rule, on=date(2025, 12, 31), 从业人员=10).status == "eligible"
    assert determine(rule, on=date(2026, 1, 1), 从业人员=10).status == "ineligible"
