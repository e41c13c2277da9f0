"""The expression language: what it accepts, what it refuses and what it says then."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from huiqi.rules import ir
from huiqi.rules.checker import Scope
from huiqi.rules.contradictions import is_certain, is_impossible
from huiqi.rules.errors import ExpressionError
from huiqi.rules.interpreter import Interpreter
from huiqi.rules.jurisdiction import Jurisdiction, load_jurisdiction
from huiqi.rules.lowering import Lowering
from huiqi.rules.single import compile_number
from huiqi.rules.units import MONEY
from huiqi.rules.values import read_facts

ROOT = Path(__file__).parents[2] / "jurisdictions"
ON = date(2026, 11, 24)


MANUFACTURER = {"主体类型": "企业", "行业": "C13"}


@pytest.fixture(scope="session")
def place() -> Jurisdiction:
    return load_jurisdiction(ROOT, "CN-6328")


def truth(place: Jurisdiction, text: str, **facts: object) -> bool | None:
    condition = Scope(place.vocabulary).condition(text)
    return Interpreter(place.moment(ON), read_facts(facts, place.vocabulary)).condition(condition)


@pytest.mark.parametrize(
    ("text", "facts", "expected"),
    [
        ("从业人员 >= 20人 且 营业收入 >= 300万元", {"从业人员": 20, "营业收入": 3_000_000}, True),
        ("从业人员 >= 20人 且 营业收入 >= 300万元", {"从业人员": 19}, False),
        ("从业人员 >= 20人 且 营业收入 >= 300万元", {"从业人员": 20}, None),
        ("从业人员 >= 20人 或 营业收入 >= 300万元", {"从业人员": 20}, True),
        ("营业收入 介于 300万元 至 2000万元", {"营业收入": "2000万元"}, True),
        ("营业收入 介于 300万元 至 2000万元", {"营业收入": "2000.01万元"}, False),
        ("登记地 位于 本州", {"登记地": "格尔木市"}, True),
        ("登记地 位于 本州", {"登记地": "630000"}, None),
        ("登记地 位于 格尔木市", {"登记地": "德令哈市"}, False),
        ("登记地 位于 西部地区", {"登记地": "茫崖市"}, True),
        ("行业 属于 [C, I65] 且 非 失信被执行人", {"行业": "6511", "失信被执行人": "否"}, True),
        ("行业 属于 [C, I65]", {"行业": "I"}, None),
        ("行业 不属于 [O, 0112]", {"行业": "0111"}, True),
        ("成立日期 距今 不满 5年", {"成立日期": "2021-11-25"}, True),
        ("成立日期 距今 不满 5年", {"成立日期": "2021-11-24"}, False),
        ("成立日期 距今 超过 5年", {"成立日期": "2021-11-24"}, False),
        ("成立日期 距今 超过 5年", {"成立日期": "2021-11-23"}, True),
        ("成立日期 >= 2024-01-01 and not 失信被执行人", {"成立日期": "2023-12-31"}, False),
        (
            "至少2项(从业人员 >= 10人, 失信被执行人, 拖欠工资)",
            {"从业人员": 9, "拖欠工资": "否"},
            False,
        ),
        ("至少2项(从业人员 >= 10人, 失信被执行人, 拖欠工资)", {"从业人员": 10}, None),
        ("企业资质 包含任一 [高新技术企业, 绿色工厂]", {"企业资质": ["绿色工厂"]}, True),
        ("企业资质 包含全部 [高新技术企业, 绿色工厂]", {"企业资质": "绿色工厂"}, False),
        ("主体类型 = 企业", {"主体类型": "个体工商户"}, False),
        ("纳税信用等级 = A", {"纳税信用等级": "A"}, True),
        ("研发费用 / 营业收入 >= 3%", {"研发费用": 3, "营业收入": 100}, True),
        ("研发费用 / 营业收入 >= 3%", {"研发费用": 0, "营业收入": 0}, None),
        ("企业规模 = 微型", MANUFACTURER | {"从业人员": 10}, True),
        ("企业规模 属于 [中型, 微型, 小型]", MANUFACTURER | {"从业人员": 999}, True),
        ("企业规模 属于 [中型, 小型, 微型]", {"行业": "C13", "从业人员": 1000}, None),
        ("企业规模 = 不适用", {"行业": "P83"}, True),
        ("取大(研发费用 / 营业收入,1,2) = 2", {"研发费用": 1, "营业收入": 2}, True),
        ("营业收入 >= 1,000,000元", {"营业收入": 1_000_000}, True),
    ],
)
def test_meaning(
    place: Jurisdiction, text: str, facts: dict[str, object], expected: bool | None
) -> None:
    assert truth(place, text, **facts) is expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("从业者人员 >= 20人", "没有“从业者人员”这个事实；是不是“从业人员”"),
        ("从业人员 >= 20", "“20”缺少单位，是不是 20人？"),
        ("营业收入 >= 300", "“300”缺少单位，是不是 300元？"),
        ("从业人员 >= 营业收入", "不能拿“从业人员”（人数（人））和“营业收入”（金额"),
        ("从业人员 + 营业收入 >= 3人", "相加减"),
        ("市场占有率 >= 10", "比例要写百分号，是不是 10%？"),
        ("营业收入 >= 300万", "没有“万”这个单位"),
        ("营业收入 >= ", "没有写完"),
        ("从业人员", "这里应是一个条件"),
        ("行业 属于 [C99]", "代码表里没有“C99”"),
        ("登记地 位于 格尔木县市", "没有“格尔木县市”；是不是“格尔木市”"),
        ("企业资质 包含 高新企业", "没有“高新企业”这个取值"),
        ("主体类型 > 企业", "只能用 = 、!= 或 属于"),
        ("企业名称 = 甲", "是文字，不能写进条件"),
        ("成立日期 距今 满 5人", "距今后面要写整数的"),
        ("从业人员 距今 满 5年", "不是日期"),
        ("至少3项(失信被执行人, 拖欠工资)", "至少3项，但只列出了 2 项"),
        ("成立日期 >= 2024-02-30", "没有“2024-02-30”这一天"),
        ("职工人数 >= 3人", "是别名，请写“从业人员”"),
        ("平均(从业人员, 从业人员) >= 3人", "没有“平均”这种算法"),
        ("分档(营业收入, 全额, 100元: 1%, 50元: 2%) >= 1%", "从小到大"),
        ("从业人员 >= 20人 ； 失信被执行人", "不能用“；”"),
        ("研发费用占比 >= 3", "比例要写百分号，是不是 3%？"),
        ("分档(市场占有率, 全额, 0: 0分, 10: 30分) >= 30分", "比例要写百分号，是不是 10%？"),
        ("限于(市场占有率, 0, 60) >= 50%", "比例要写百分号，是不是 60%？"),
        ("研发费用占比 + 3 >= 5%", "比例要写百分号，是不是 3%？"),
        ("1 / 0 >= 1", "不能除以 0"),
        ("失信被执行人 = 否", "否就写 非 失信被执行人"),
        ("20人 <= 从业人员 <= 30人", "甲 介于 下限 至 上限"),
        ("从业人员 >= 20人且营业收入 >= 3元", "的两边要有空格"),
        ("营业收入 * 营业收入 >= 3元", "不能拿金额（元、万元、亿元）×金额"),
        ("分档(营业收入, 全额, 0元: 3%) >= 1%", "至少要有两档"),
        ("成立日期 距今 满 9000年", "“9000年”太长了"),
        ("成立日期 距今 满 9000000天", "“9000000天”太长了"),
        ("(" * 400 + "从业人员 >= 1人" + ")" * 400, "嵌套太深或太长"),
        ("非 " * 500 + "失信被执行人", "嵌套太深或太长"),
        (" + ".join(["从业人员"] * 1500) + " >= 1人", "嵌套太深或太长"),
    ],
)
def test_refused_with_what_would_be_right(place: Jurisdiction, text: str, message: str) -> None:
    with pytest.raises(ExpressionError) as refused:
        Scope(place.vocabulary).condition(text)
    assert message in refused.value.described()


@pytest.mark.parametrize(
    ("text", "facts", "fen"),
    [
        ("限于(研发费用 * 10%, 0元, 50万元)", {"研发费用": "600万元"}, 50_000_000),
        ("研发费用 * 10%", {"研发费用": "0.05元"}, 1),  # half a fen rounds up
        ("研发费用 * 10%", {"研发费用": "0.04元"}, 0),
        ("利润总额 * 20%", {"利润总额": "-100万元"}, 0),  # never below zero
        ("分档(营业收入, 全额, 0元: 1万元, 100万元: 2万元)", {"营业收入": "100万元"}, 2_000_000),
        ("分档(营业收入, 超额, 0元: 1%, 100万元: 2%)", {"营业收入": "150万元"}, 2_000_000),
        ("若(从业人员 >= 20人, 2元, 1元)", {"从业人员": 20}, 200),
        ("从业人员 * 1500元/人", {"从业人员": 3}, 450_000),
        ("取大(研发费用, 10元) - 取小(研发费用, 10元)", {"研发费用": "3元"}, 700),
        ("贷款本金 * 1.5% * 贷款期限 / 12个月", {"贷款本金": "100万元", "贷款期限": 6}, 750_000),
    ],
)
def test_amounts(place: Jurisdiction, text: str, facts: dict[str, object], fen: int) -> None:
    amount = Scope(place.vocabulary).number(text, MONEY)
    interpreter = Interpreter(place.moment(ON), read_facts(facts, place.vocabulary))
    assert interpreter.amount(amount, None) == fen


def test_a_negative_cap_leaves_nothing(place: Jurisdiction) -> None:
    amount, cap = (Scope(place.vocabulary).number(text, MONEY) for text in ("5元", "利润总额"))
    facts = read_facts({"利润总额": -100}, place.vocabulary)
    assert Interpreter(place.moment(ON), facts).amount(amount, cap) == 0
    node = Lowering.on(place.moment(ON), place.vocabulary).amount(amount, cap)
    keys = ir.fact_keys(node)
    assert compile_number(node, keys)([facts[key] for key in keys]) == 0


def lowered(place: Jurisdiction, text: str) -> tuple[ir.Bool, ir.Builder]:
    lowering = Lowering.on(place.moment(ON), place.vocabulary)
    return lowering.condition(Scope(place.vocabulary).condition(text)), lowering.builder


@pytest.mark.parametrize(
    "text",
    [
        "从业人员 >= 20人 且 从业人员 < 10人",
        "从业人员 >= 20人 且 (从业人员 < 10人 或 从业人员 < 15人)",
        "行业 属于 [C] 且 行业 属于 [A]",
        "登记地 位于 格尔木市 且 登记地 位于 德令哈市",
        "失信被执行人 且 非 失信被执行人",
        "成立日期 距今 满 5年 且 成立日期 距今 不满 3年",
        "企业资质 包含 绿色工厂 且 企业资质 不包含 绿色工厂",
        "企业规模 = 大型 且 企业规模 = 微型",
    ],
)
def test_impossible_conditions_are_found(place: Jurisdiction, text: str) -> None:
    assert is_impossible(*lowered(place, text))


@pytest.mark.parametrize("text", ["从业人员 >= 0人", "从业人员 >= 20人 或 从业人员 < 30人"])
def test_idle_conditions_are_found(place: Jurisdiction, text: str) -> None:
    assert is_certain(*lowered(place, text))


@pytest.mark.parametrize(
    "text",
    [
        "从业人员 >= 20人 且 营业收入 < 10万元",
        "行业 属于 [C] 且 行业 不属于 [C13]",
        "企业规模 属于 [小型, 微型] 且 行业 属于 [C]",
    ],
)
def test_possible_conditions_are_left_alone(place: Jurisdiction, text: str) -> None:
    condition, builder = lowered(place, text)
    assert not is_impossible(condition, builder)
    assert not is_certain(condition, builder)


def test_a_denominator_that_may_be_negative_is_refused(place: Jurisdiction) -> None:
    with pytest.raises(ExpressionError, match="分母可能是负数"):
        lowered(place, "研发费用 / 利润总额 >= 3%")


def test_equal_tests_are_one_node(place: Jurisdiction) -> None:
    lowering = Lowering.on(place.moment(ON), place.vocabulary)
    scope = Scope(place.vocabulary)
    texts = ["从业人员 >= 20人", "从业人员 > 19人", "非 从业人员 < 20人", "20人 <= 从业人员"]
    nodes = {id(lowering.condition(scope.condition(text))) for text in texts[:3]}
    assert len(nodes) == 1
