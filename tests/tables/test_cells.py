"""Every way a cell may be written, and what it means."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huiqi.rules.dates import to_days
from huiqi.tables.cells import read_cell
from huiqi.tables.dates import read_date, serial_base
from huiqi.tables.normal import says_unknown

SINCE_1900 = serial_base(from_1904=False)
SINCE_1904 = serial_base(from_1904=True)


@pytest.fixture(scope="module")
def cell(column):
    def reading(header, text, base=SINCE_1900):
        value, note = read_cell(text, column(header), base)
        return value, note.kind if note else None

    return reading


# --- numbers -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "text", "fen"),
    [
        ("营业收入", "1,234.5", 123450),
        ("营业收入", "1，234.5", 123450),
        ("营业收入", "１２３４．５", 123450),
        ("营业收入", " 1 234 ", 123400),
        ("营业收入", "¥1,234.50", 123450),
        ("营业收入", "1234元", 123400),
        ("营业收入", "300万元", 3_000_000_00),
        ("营业收入", "300 万", 3_000_000_00),
        ("营业收入", "1.5亿元", 150_000_000_00),
        ("营业收入(万元)", "300", 3_000_000_00),
        ("营业收入(万元)", "300万元", 3_000_000_00),
        ("营业收入(万元)", "3000000元", 3_000_000_00),
        ("营业收入（亿元）", "0.000001", 100_00),
        ("营业收入", "1.23E+05", 123_000_00),
        ("利润总额", "-1,000", -100_000),
        ("利润总额", "－１０００", -100_000),
        ("利润总额", "−5", -500),
        ("营业收入", "+5", 500),
        ("营业收入", ".5", 50),
        ("营业收入", "0.005", 1),
        ("营业收入", "0.0049", 0),
    ],
)
def test_money(cell, header, text, fen):
    assert cell(header, text) == (fen, None)


@pytest.mark.parametrize(
    ("header", "text", "value"),
    [
        ("从业人员", "20人", 20),
        ("从业人员", "1,200", 1200),
        ("从业人员", "1.2万", 12_000),
        ("从业人员", "20名", 20),
        ("从业人员", "20.0", 20),
        ("鼓励类主营收入占比", "5 %", 50_000),
        ("鼓励类主营收入占比", "５％", 50_000),
        ("鼓励类主营收入占比", "60", 600_000),
        ("鼓励类主营收入占比(%)", "0.05", 500),
        ("节水量", "2.5万吨", 25_000_000),
    ],
)
def test_other_numbers(cell, header, text, value):
    assert cell(header, text) == (value, None)


def test_a_fraction_in_a_share_column_is_asked_about(cell):
    assert cell("鼓励类主营收入占比", "0.05") == (500, "small_share")
    assert cell("鼓励类主营收入占比", "0") == (0, None)
    assert cell("鼓励类主营收入占比", "0.05%") == (500, None)


@pytest.mark.parametrize(
    ("header", "text", "kind"),
    [
        ("营业收入", "1,23", "not_a_number"),
        ("营业收入", "约300万", "not_a_number"),
        ("营业收入", "100-200", "not_a_number"),
        ("营业收入", "三百万", "not_a_number"),
        ("营业收入", "1.2.3", "not_a_number"),
        ("营业收入", "万元", "not_a_number"),
        ("营业收入", "=1+1", "not_a_number"),
        ("营业收入", "TRUE", "not_a_number"),
        ("营业收入", "5%", "unit"),
        ("营业收入", "300美元", "unit"),
        ("营业收入", "20人", "unit"),
        ("从业人员", "20.5", "not_whole"),
        ("从业人员", "100人以上", "unit"),
        ("从业人员", "-5", "out_of_range"),
        ("营业收入", "-5", "out_of_range"),
        ("营业收入", "9e20", "out_of_range"),
        ("鼓励类主营收入占比", "101", "out_of_range"),
        ("营业收入", "#DIV/0!", "formula_error"),
        ("营业收入", "5" * 2000, "too_long"),
        ("营业收入", "无", "taken_as_unknown"),
        ("营业收入", "不适用", "taken_as_unknown"),
    ],
)
def test_numbers_that_are_not(cell, header, text, kind):
    assert cell(header, text) == (None, kind)


@given(fen=st.integers(0, 10**14), grouped=st.booleans(), wan=st.booleans())
def test_money_comes_back_as_it_was_written(cell, fen, grouped, wan):
    amount = Decimal(fen).scaleb(-6 if wan else -2)
    text = f"{amount:,f}" if grouped else f"{amount:f}"
    assert cell("营业收入(万元)" if wan else "营业收入(元)", text) == (fen, None)


@given(st.decimals(min_value=0, max_value=10**9, places=5))
def test_numbers_round_as_the_vocabulary_does(cell, vocabulary, amount):
    assert cell("营业收入", f"{amount:f}") == (vocabulary.facts["revenue"].encode(amount), None)


SOME = [
    "营业收入",
    "从业人员",
    "成立日期",
    "失信被执行人",
    "行业",
    "登记地",
    "企业资质",
    "经营状态",
]


@given(header=st.sampled_from(SOME), text=st.text(max_size=30))
def test_any_text_is_a_value_or_is_spoken_of(cell, column, header, text):
    value, kind = cell(header, text)
    low, high = column(header).fact.bounds
    assert (low <= value <= high) if value is not None else (kind or says_unknown(text))


@pytest.mark.parametrize(
    "text", ["", " ", "-", "—", "——", "/", "N/A", "无数据", "不详", "未知", "　", "null", "暂无"]
)
@pytest.mark.parametrize(
    "header", ["营业收入", "成立日期", "失信被执行人", "行业", "登记地", "企业资质", "经营状态"]
)
def test_blanks_are_unknown_without_ado(cell, header, text):
    assert cell(header, text) == (None, None)


# --- dates -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        *("2020-01-02", "2020-1-2", "2020/1/2", "2020.1.2", "2020年1月2日", "2020 年 1 月 2 日"),
        *("２０２０－１－２", "20200102", "20200102.0", "43832", "43832.75", "2020-01-02 00:00:00"),
        *(
            "2020-01-02T13:14:15",
            "2020/1/2 8:30",
            "2020-01-02T13:14:15.5+08:00",
            "2020年1月2日 13:14",
        ),
    ],
)
def test_dates(cell, text):
    assert cell("成立日期", text) == (to_days(date(2020, 1, 2)), None)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("2020-13-01", "没有"),
        ("2021-02-29", "没有"),
        ("2020", "只有年份"),
        ("2020年1月", "只有年月"),
        ("2020-01", "只有年月"),
        ("202001", "只有年月"),
        ("1/2/2020", "先后"),
        ("20-1-2", "先后"),
        ("2020-01-02T23:00:00Z", "时区"),
        ("去年", "不是日期"),
    ],
)
def test_dates_that_are_not(cell, text, words):
    assert cell("成立日期", text) == (None, "not_a_date")
    with pytest.raises(ValueError, match=words):
        read_date(text)


def test_dates_out_of_range(cell):
    assert cell("成立日期", "1899-01-01") == (None, "out_of_range")


def test_serials_of_1904(cell):
    assert cell("成立日期", "42370", SINCE_1904) == (to_days(date(2020, 1, 2)), None)


@given(st.dates(date(1930, 1, 1), date(2170, 1, 1)), st.sampled_from([SINCE_1900, SINCE_1904]))
def test_serial_numbers_mean_their_day(day, base):
    serial = (day - base).days
    if 10_000 <= serial <= 99_999:
        assert read_date(str(serial), base) == day


# --- flags, lists, sets --------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["是", "有", "true", "TRUE", "Y", "yes", "√", "1", "1.0", "✓"])
def test_yes(cell, text):
    assert cell("失信被执行人", text) == (1, None)


@pytest.mark.parametrize("text", ["否", "无", "没有", "false", "N", "no", "×", "0", "✗"])
def test_no(cell, text):
    assert cell("失信被执行人", text) == (0, None)


def test_neither_yes_nor_no(cell):
    assert cell("失信被执行人", "也许") == (None, "not_a_flag")
    assert cell("失信被执行人", "x") == (None, "not_a_flag")


def test_closed_lists(cell, vocabulary):
    assert cell("经营状态", "存续") == (1, None)
    assert cell("经营状态", " 歇 业 ") == (2, None)
    assert cell("经营状态", "存绪") == (None, "not_in_list")
    # 无 is one of the values of some facts, and says nothing for others.
    fact = next(f for f in vocabulary.facts.values() if f.type == "code" and "无" in f.values)
    assert cell(fact.name, "无") == (fact.values.index("无") + 1, None)
    assert cell("经营状态", "无") == (None, "taken_as_unknown")


@pytest.mark.parametrize("separator", [";", "；", "、", ",", "，", "|", "｜", "\n", "\x1f"])
def test_sets(cell, vocabulary, separator):
    fact = vocabulary.facts["qualifications"]
    members = ["高新技术企业", "绿色工厂"]
    assert cell("企业资质", separator.join(members)) == (fact.encode(members), None)


def test_sets_of_none_one_and_wrong(cell, vocabulary):
    fact = vocabulary.facts["qualifications"]
    assert cell("企业资质", "无") == (0, None)
    assert cell("企业资质", "绿色工厂；") == (fact.encode(["绿色工厂"]), None)
    assert cell("企业资质", "绿色工厂；高新") == (None, "not_in_list")
    assert cell("企业资质", "；") == (None, "not_in_list")


@given(st.data())
def test_sets_agree_with_the_vocabulary(cell, vocabulary, data):
    facts = [fact for fact in vocabulary.facts.values() if fact.type == "set"]
    fact = data.draw(st.sampled_from(facts))
    members = data.draw(st.lists(st.sampled_from(fact.values), min_size=1, unique=True))
    assert cell(fact.name, "；".join(members)) == (fact.encode(members), None)
