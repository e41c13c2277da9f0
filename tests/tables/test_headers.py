"""Header rows, units in headers, and the columns that are not read."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huiqi.tables.errors import Unreadable
from huiqi.tables.headers import HeaderReader, column_letter

UNITS = {"元": 100, "千元": 10**5, "万元": 10**6, "百万元": 10**8, "千万元": 10**9, "亿元": 10**10}
WAYS = [
    "{n}({u})",
    "{n}（{u}）",
    "{n}[{u}]",
    "{n}【{u}】",
    "{n}/{u}",
    "{n}：{u}",
    "{n}:{u}",
    "{n}{u}",
]
WAYS += ["{n}（单位：{u}）", "*{n} （ {u} ）", "{n}\n({u})", "{n}(必填，{u})"]


@pytest.fixture(scope="module")
def reader(vocabulary):
    return HeaderReader(vocabulary)


def only(reader, header):
    found = reader.read(1, [header])
    assert len(found.columns) + len(found.ignored) == 1
    return (*found.columns, *found.ignored)[0]


@given(
    unit=st.sampled_from(sorted(UNITS)),
    way=st.sampled_from(WAYS),
    name=st.sampled_from(["营业收入", "资产总额", "revenue"]),
)
def test_a_money_header_may_carry_its_unit(reader, unit, way, name):
    column = only(reader, way.format(n=name, u=unit))
    assert column.fact.is_money
    assert column.multiplier == UNITS[unit]


@pytest.mark.parametrize(
    ("header", "key", "multiplier"),
    [
        ("营业收入", "revenue", 100),
        ("REVENUE", "revenue", 100),
        ("从业人员（人）", "employees", 1),
        ("从业人员(万人)", "employees", 10_000),
        ("鼓励类主营收入占比(%)", "western_encouraged_share", 10_000),
        ("鼓励类主营收入占比％", "western_encouraged_share", 10_000),
        ("节水量(万吨)", "water_saved", 10**7),
        ("节约电量(度)", "power_saved", 1000),
        ("节约电量(万千瓦时)", "power_saved", 10**7),
        ("节水量(公斤)", "water_saved", 1),
        ("税号", "credit_code", 1),
        ("成立日期（年月日）", "established_on", 1),
        ("企业名称(全称)", "name", 1),
    ],
)
def test_headers_by_name_key_alias(reader, header, key, multiplier):
    column = only(reader, header)
    assert (column.fact.key, column.multiplier) == (key, Fraction(multiplier))


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("备注", "不认识"),
        ("营业收人", "是否应为“营业收入”"),
        ("营业收入（上年）", "“上年”不是认识的单位"),
        ("营业收入(美元)", "不是认识的单位"),
        ("从业人员（万元）", "不适用"),
        ("成立日期(元)", "不是数字"),
        ("研发费用占比", "由其他事实算出"),
    ],
)
def test_other_columns_are_ignored_with_a_reason(reader, header, words):
    rows = [["企业名称", header]]
    assert words in reader.require(rows, "表").ignored[0].reason


def test_the_header_may_follow_ten_title_rows(reader):
    rows = [
        ["惠企政策企业信息表"],
        ["单位：万元"],
        *[[""]] * 8,
        ["企业名称", "营业收入"],
        ["甲", "5"],
    ]
    assert reader.require(rows, "表").row == 11
    with pytest.raises(Unreadable):
        reader.require([[""], *rows], "表")


def test_the_fullest_header_row_wins(reader):
    rows = [["企业名称"], ["信用代码", "企业名称", "营业收入"], ["x", "企业名称", ""]]
    assert reader.require(rows, "表").row == 2


def test_two_columns_of_one_fact_are_refused(reader):
    with pytest.raises(Unreadable, match=r"A 列“企业名称”.*C 列“单位名称”"):
        reader.require([["企业名称", "税号", "单位名称"]], "表")


def test_no_header_says_what_was_found_and_what_is_accepted(reader):
    with pytest.raises(Unreadable) as refusal:
        reader.require([["标题"], ["序号", "产值", "从业人员"]], "工作表“一”")
    assert "“序号”“产值”“从业人员”" in refusal.value.message
    assert "统一社会信用代码" in refusal.value.advice
    assert "credit_code" in refusal.value.advice
    assert "企业名称" in refusal.value.advice


def test_every_fact_is_found_by_all_its_words(reader, vocabulary):
    for fact in vocabulary.facts.values():
        for word in (fact.name, fact.key, *fact.model.aliases):
            found = only(reader, word)
            assert found.fact is fact, word


@pytest.mark.parametrize(
    ("index", "letter"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")]
)
def test_column_letters(index, letter):
    assert column_letter(index) == letter


# --- headers of more than one row ----------------------------------------------------------------


def read_units(reader, *rows):
    """Row of the header, and key → multiplier of the columns."""
    header = reader.require(rows, "表")
    return header.row, {column.fact.key: column.multiplier for column in header.columns}


@pytest.mark.parametrize(
    "note",
    ["单位：万元", "金额单位:人民币万元", "（单位：万元、人）", "2025年企业表  单位： 万元 第1页"],
)
def test_a_unit_noted_above_the_table_is_the_unit_of_what_has_none(reader, note):
    header = ["企业名称", "营业收入", "资产总额(元)", "从业人员", "鼓励类主营收入占比"]
    rows = [["填报单位：工信局"], ["", note], header, ["甲", "5"]]
    row, multipliers = read_units(reader, *rows)
    assert row == 3
    assert multipliers == {
        "name": 1,
        "revenue": 10**6,
        "total_assets": 100,
        "employees": 1,
        "western_encouraged_share": 10_000,
    }
    ((place, letter, remark),) = reader.require(rows, "表").remarks
    assert (place, letter, remark.kind) == (2, "", "noted_unit")
    assert "营业收入" in remark.message
    assert "资产总额" not in remark.message


def test_two_noted_units_for_one_column_decide_nothing(reader):
    header = reader.require([["单位：元、万元"], ["企业名称", "营业收入", "从业人员"]], "表")
    assert [column.fact.key for column in header.columns] == ["name", "employees"]
    assert [(c.fact.key, c.reason) for c in header.ignored if c.fact] == [
        ("revenue", "表上方的单位有元、万元，不能确定是哪一个")
    ]


def test_a_note_that_is_no_unit_changes_nothing(reader):
    rows = [["填报单位：万元镇"], ["企业名称", "营业收入"]]
    assert read_units(reader, *rows)[1]["revenue"] == 100
    assert reader.require(rows, "表").remarks == ()


def test_a_row_of_units_below_the_header_belongs_to_it(reader):
    rows = [["企业名称", "营业收入", "从业人员"], ["", "万元", "人"], ["甲", "5", "6"]]
    assert read_units(reader, *rows) == (2, {"name": 1, "revenue": 10**6, "employees": 1})


def test_groups_over_the_header(reader):
    rows = [
        ["企业名称", "财务情况", "", "", "备注"],
        ["", "营业收入(元)", "资产总额", "产值", ""],
        ["甲", "1", "2", "3", "4"],
    ]
    row, multipliers = read_units(reader, *rows)
    assert (row, multipliers) == (2, {"name": 1, "revenue": 100, "total_assets": 100})
    rows[0][1] = "财务情况（万元）"
    assert read_units(reader, *rows)[1] == {"name": 1, "revenue": 100, "total_assets": 10**6}
    rows[1][0], rows[0][0] = "企业名称", "基本情况"
    assert read_units(reader, *rows) == (
        2,
        {"name": 1, "revenue": 100, "total_assets": 10**6},
    )


@pytest.mark.parametrize("period", ["2024年", "上年同期", "本年累计"])
@pytest.mark.parametrize("named", [True, False])
def test_a_group_that_names_a_period_leaves_its_numbers_unread(reader, period, named):
    rows = [["基本情况" if named else "企业名称", period, ""]]
    rows += [["企业名称" if named else "", "营业收入", "成立日期"], ["甲", "1", "2020-01-02"]]
    header = reader.require(rows, "表")
    assert [column.fact.key for column in header.columns] == ["name", "established_on"]
    assert [column.fact.key for column in header.ignored] == ["revenue"]
    assert period in header.ignored[0].reason


@pytest.mark.parametrize(
    "below",
    [["甲", "5", ""], ["", "5", "6"], ["", "", "备注"], ["", "", ""], ["", "万元", "5"], []],
)
def test_a_row_of_cells_is_no_second_header(reader, below):
    assert read_units(reader, ["企业名称", "营业收入", "从业人员"], below)[0] == 1


def test_a_form_for_one_firm_is_not_taken_for_a_table(reader):
    form = [
        ["企业名称", "甲公司"],
        ["统一社会信用代码", "91"],
        ["从业人员", "5"],
        ["营业收入", "6"],
    ]
    with pytest.raises(Unreadable, match="A 列是项目名称"):
        reader.require(form, "表")
    again = [["企业名称", "从业人员"], ["甲", "5"], ["企业名称", "从业人员"], ["乙", "6"]]
    assert reader.require(again, "表").row == 1
