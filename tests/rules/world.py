"""A small world for tests of the rules: a few facts of every type, and random expressions.

``typed_conditions`` and ``typed_amounts`` make random typed trees, ``firms`` random facts with
unknowns; bounds are small so that cut points are hit often.
"""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

from huiqi.rules import typed
from huiqi.rules.codes import CodeTree
from huiqi.rules.dates import to_days
from huiqi.rules.lowering import Moment
from huiqi.rules.units import MONEY, PLAIN, Dimension
from huiqi.rules.vocabulary import FactDefinition, FactModel, Vocabulary
from huiqi.rules.workdays import WorkCalendar

ON = date(2024, 2, 29)

_ROWS = [
    ("A", "农业", "", "1"),
    ("01", "谷物", "A", "2"),
    ("011", "稻谷", "01", "3"),
    ("012", "小麦", "01", "3"),
    ("C", "制造业", "", "1"),
    ("13", "食品", "C", "2"),
    ("131", "磨制", "13", "3"),
    ("14", "饮料", "C", "2"),
]
INDUSTRY = CodeTree(
    "industry",
    [dict(zip(("code", "name", "parent", "level"), row, strict=True)) for row in _ROWS],
)


def fact(name: str, key: str, kind: str, **extra: Any) -> FactModel:
    return FactModel.model_validate(
        {
            "name": name,
            "key": key,
            "type": kind,
            "period": "moment",
            "sources": ["declared"],
            "question": f"{name}？",
            "definition": name,
            "source": "测试",
            "confidence": "low",
            **extra,
        }
    )


MODELS = [
    fact("人数", "people", "number", unit="人", max=12),
    fact("收入", "income", "number", unit="元", max=20),
    fact("费用", "cost", "number", unit="元", max=20),
    fact("利润", "profit", "number", unit="元", min=-10, max=10),
    fact("占比", "share", "number", unit="%", max=100),
    fact("得分", "score", "number", unit="分", max=10),
    fact("失信", "blacklisted", "flag", changeable=True),
    fact("类型", "kind", "code", values=["甲型", "乙型", "丙型"]),
    fact("行业", "industry", "code", tree="industry", changeable=False),
    fact("资质", "titles", "set", values=["高新", "科技", "绿色"]),
    fact("成立日期", "founded_on", "date", changeable=False),
    fact("到期日期", "ends_on", "date"),
]
VOCABULARY = Vocabulary(
    {
        model.key: FactDefinition(model, "测试", INDUSTRY if model.tree else None, position)
        for position, model in enumerate(MODELS)
    },
    {"industry": INDUSTRY},
)
HOLIDAYS = [(date(2024, 2, day), "off", "春节") for day in range(12, 17)]
CALENDAR = WorkCalendar([*HOLIDAYS, (date(2024, 2, 18), "work", "春节")])
MOMENT = Moment(ON, CALENDAR, None)

PARAMETER = typed.Parameter(
    "上限",
    "元",
    MONEY,
    (
        typed.DatedValue(None, Fraction(500), "测试", "low"),
        typed.DatedValue(date(2024, 1, 1), Fraction(900), "测试", "low"),
    ),
)
DATE_LOW, DATE_HIGH = to_days(date(2023, 12, 1)), to_days(date(2024, 4, 30))


def _stored(item: FactDefinition) -> st.SearchStrategy[int | None]:
    low, high = (DATE_LOW, DATE_HIGH) if item.type == "date" else item.bounds
    if item.type == "number" and item.is_money:
        # Whole and half yuan, so that equality and rounding both happen.
        return st.none() | st.integers(low // 50, high // 50).map(lambda half: half * 50)
    if item.type == "number" and item.scale > 1:
        step = item.scale // 100
        return st.none() | st.integers(low // step, high // step).map(lambda part: part * step)
    return st.none() | st.integers(low, high)


FIRMS: st.SearchStrategy[dict[str, int | None]] = st.fixed_dictionaries(
    {key: _stored(item) for key, item in VOCABULARY.facts.items()}
)


# --- numbers -----------------------------------------------------------------------------------


def _literal(dimension: Dimension) -> st.SearchStrategy[typed.Numeric]:
    if dimension == MONEY:
        values = st.integers(-4, 40).map(lambda half: Fraction(half * 50))
    else:
        values = st.integers(0, 12).map(lambda part: Fraction(part, 4))
    return values.map(lambda value: typed.Literal(value, dimension, str(value)))


def _facts(*keys: str) -> st.SearchStrategy[typed.Numeric]:
    return st.sampled_from([typed.FactNumber(VOCABULARY[key]) for key in keys])


def money(depth: int = 2) -> st.SearchStrategy[typed.Numeric]:
    """Random numbers of money."""
    leaves = (
        _facts("income", "cost", "profit")
        | _literal(MONEY)
        | st.just(typed.ParameterNumber(PARAMETER))
    )
    if depth == 0:
        return leaves
    part = money(depth - 1)
    return st.one_of(
        leaves,
        st.builds(typed.Arithmetic, st.sampled_from("+-"), part, part, st.just(MONEY)),
        st.builds(typed.Arithmetic, st.just("*"), part, plain(depth - 1), st.just(MONEY)),
        st.builds(typed.Extreme, st.booleans(), st.tuples(part, part)),
        st.builds(typed.Limit, part, part, part),
        st.builds(typed.NamedNumber, st.just("中间数"), part),
        st.builds(
            lambda condition, value, other: typed.Choice(((condition, value),), other),
            conditions(depth - 1),
            part,
            part,
        ),
        _progressive(part),
    )


def plain(depth: int = 1) -> st.SearchStrategy[typed.Numeric]:
    """Random plain numbers and shares, quotients among them."""
    leaves = _facts("share") | _literal(PLAIN)
    if depth == 0:
        return leaves
    quotient = st.builds(
        typed.Arithmetic,
        st.just("/"),
        money(depth - 1),
        _facts("income", "cost"),
        st.just(PLAIN),
    )
    return leaves | quotient | _whole(depth)


def _floors(*values: int) -> list[typed.Literal]:
    return [typed.Literal(Fraction(value), MONEY, str(value)) for value in values]


def _whole(depth: int) -> st.SearchStrategy[typed.Numeric]:
    rates = st.lists(plain(depth - 1), min_size=3, max_size=3)
    return st.builds(
        lambda value, values: typed.Brackets(
            False, value, tuple(zip(_floors(0, 500, 1000), values, strict=True)), PLAIN
        ),
        _facts("income", "cost"),
        rates,
    )


def _progressive(value: st.SearchStrategy[typed.Numeric]) -> st.SearchStrategy[typed.Numeric]:
    rates = st.lists(_literal(PLAIN), min_size=3, max_size=3)
    return st.builds(
        lambda number, values: typed.Brackets(
            True, number, tuple(zip(_floors(0, 500, 1000), values, strict=True)), MONEY
        ),
        value,
        rates,
    )


# --- conditions --------------------------------------------------------------------------------


def _tests() -> st.SearchStrategy[typed.Condition]:
    kind, industry, titles = (VOCABULARY[key] for key in ("kind", "industry", "titles"))
    founded, ends = (
        typed.FactNumber(VOCABULARY["founded_on"]),
        typed.FactNumber(VOCABULARY["ends_on"]),
    )
    people = typed.FactNumber(VOCABULARY["people"])
    operators = st.sampled_from(["=", "!=", "<", "<=", ">", ">="])
    some = st.lists(st.sampled_from(list(INDUSTRY)), min_size=1, max_size=3).map(tuple)
    return st.one_of(
        st.just(typed.Flag(VOCABULARY["blacklisted"])),
        st.builds(
            typed.OneOf,
            st.just(kind),
            st.lists(st.sampled_from(kind.values), min_size=1).map(tuple),
        ),
        st.builds(typed.Within, st.just(industry), some),
        st.builds(
            typed.Has,
            st.just(titles),
            st.lists(st.sampled_from(titles.values), min_size=1, unique=True).map(tuple),
            st.booleans(),
        ),
        st.builds(
            typed.Elapsed,
            st.just(VOCABULARY["founded_on"]),
            st.sampled_from(["满", "不满", "超过", "不超过"]),
            st.integers(0, 3),
            st.sampled_from(["months", "days", "workdays"]),
        ),
        st.builds(
            typed.Compare, operators, st.just(founded), st.just(ends) | st.just(typed.Today())
        ),
        st.builds(
            lambda operator, count: typed.Compare(
                operator, people, typed.Literal(Fraction(count), people.dimension, str(count))
            ),
            operators,
            st.integers(-1, 13),
        ),
    )


def conditions(depth: int = 2) -> st.SearchStrategy[typed.Condition]:
    """Random conditions."""
    if depth == 0:
        return _tests()
    part = conditions(depth - 1)
    parts = st.lists(part, min_size=2, max_size=4).map(tuple)
    operators = st.sampled_from(["=", "!=", "<", "<=", ">", ">="])
    return st.one_of(
        _tests(),
        st.builds(typed.Compare, operators, money(depth - 1), money(depth - 1)),
        st.builds(typed.Compare, operators, plain(depth - 1), plain(depth - 1)),
        st.builds(typed.All, parts),
        st.builds(typed.Any, parts),
        st.builds(typed.Not, part),
        st.builds(typed.NamedCondition, st.just("中间条件"), part),
        parts.flatmap(
            lambda items: st.integers(1, len(items)).map(lambda count: typed.AtLeast(count, items))
        ),
    )
