"""Code trees: positions, spans, and reading what people write."""

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huiqi.rules.codes import CodeTree

JURISDICTIONS = Path(__file__).parents[2] / "jurisdictions"
INDUSTRY = CodeTree.from_csv("industry", [JURISDICTIONS / "CN" / "codes" / "industries.csv"])


def areas(*jurisdictions: str) -> CodeTree:
    folders = [JURISDICTIONS / name / "codes" / "areas" for name in jurisdictions]
    return CodeTree.from_csv("area", [path for folder in folders for path in folder.glob("*.csv")])


AREA = areas("CN", "CN-63", "CN-6328")


def row(code, parent="", name="", **more):
    return {"code": code, "name": name or f"名{code}", "parent": parent, "level": "1", **more}


# --- the published tables ----------------------------------------------------------------


def test_industries_have_the_number_of_codes_of_the_standard():
    levels = Counter(INDUSTRY.level(code) for code in INDUSTRY)
    assert levels == {"1": 20, "2": 97, "3": 473, "4": 1382}
    assert INDUSTRY.roots == tuple("ABCDEFGHIJKLMNOPQRST")


def test_each_industry_code_extends_its_parent():
    for code in INDUSTRY:
        parent = INDUSTRY.parent(code)
        if parent and not parent.isalpha():
            assert code[:-1] == parent
        assert INDUSTRY.depth(code) == int(INDUSTRY.level(code))


def test_areas_of_the_chain_are_one_tree():
    levels = Counter(AREA.level(code) for code in AREA)
    assert levels == {"country": 1, "province": 34, "prefecture": 12, "county": 7, "township": 46}
    assert AREA.roots == ("000000",)
    assert len(AREA.children("632800")) == 7


def test_the_invented_place_collides_with_nothing():
    demo = areas("CN", "demo")
    invented = {code for code in demo if code.startswith("99")}
    assert Counter(demo.level(code) for code in invented) == {
        "province": 1,
        "prefecture": 2,
        "county": 3,
        "township": 8,
    }
    assert not invented & set(AREA)
    assert all("虚构" in demo.node(code).note for code in invented)


# --- positions ---------------------------------------------------------------------------


def test_positions_start_at_one_in_preorder():
    assert [INDUSTRY.code(position) for position in range(1, 5)] == ["A", "01", "011", "0111"]
    assert INDUSTRY.index("A") == 1
    assert INDUSTRY.code(len(INDUSTRY)) == "9700"


def test_order_of_rows_does_not_matter():
    rows = [row("B"), row("02", "A"), row("A"), row("011", "01"), row("01", "A")]
    assert list(CodeTree("t", rows)) == ["A", "01", "011", "02", "B"]
    assert list(CodeTree("t", rows[::-1])) == ["A", "01", "011", "02", "B"]


def test_span_covers_the_subtree_and_nothing_else():
    low, high = INDUSTRY.span("65")
    inside = {code for code in INDUSTRY if low <= INDUSTRY.index(code) <= high}
    assert inside == {code for code in INDUSTRY if code.startswith("65")}
    assert INDUSTRY.span("6513") == (INDUSTRY.index("6513"),) * 2
    assert INDUSTRY.covers("I", "6513")
    assert not INDUSTRY.covers("6513", "I")


def test_ancestors_are_nearest_first():
    assert INDUSTRY.ancestors("1311") == ("131", "13", "C")
    assert INDUSTRY.ancestors("C") == ()
    assert AREA.ancestors("632801100") == ("632801", "632800", "630000", "000000")


@pytest.mark.parametrize("position", [0, -1, 1973])
def test_position_outside_is_refused(position):
    with pytest.raises(ValueError, match="共 1972 个"):
        INDUSTRY.code(position)


@pytest.mark.parametrize("method", ["index", "span", "name", "parent", "children", "display"])
def test_unknown_code_is_refused(method):
    with pytest.raises(ValueError, match="行业分类中没有代码 9999"):
        getattr(INDUSTRY, method)("9999")


# --- reading industries ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("1311", "1311"),
        ("C1311", "1311"),
        ("c1311", "1311"),
        (" C 1311 ", "1311"),
        ("Ｃ１３１１", "1311"),
        ("C", "C"),
        ("A01", "01"),
        ("I65", "65"),
        ("0111", "0111"),
    ],
)
def test_industry_codes_as_people_write_them(text, code):
    assert INDUSTRY.parse(text) == code
    assert INDUSTRY.find(text) == code


def test_wrong_section_letter_says_what_is_right():
    with pytest.raises(ValueError, match="1311（稻谷加工）属于门类 C，应写作 C1311"):
        INDUSTRY.parse("D1311")
    assert INDUSTRY.find("D1311") is None


@pytest.mark.parametrize("text", ["", "9999", "C9999", "131 1a", "CC", "稻谷加工"])
def test_what_is_no_industry_code(text):
    with pytest.raises(ValueError, match="没有代码"):
        INDUSTRY.parse(text)


def test_display_has_the_section_letter():
    assert INDUSTRY.display("1311") == "C1311"
    assert INDUSTRY.display("C") == "C"
    assert AREA.display("632801") == "632801"


def test_industry_names():
    assert INDUSTRY.find("稻谷加工") == "1311"
    # One chain of only children: the widest, which means the same firms.
    assert INDUSTRY.find("教育") == "P"
    # The group is narrower than the division of the same name.
    assert INDUSTRY.find("燃气生产和供应业") is None
    assert INDUSTRY.matches("燃气生产和供应业") == ("45", "451")
    assert INDUSTRY.find("没有这个行业") is None
    assert INDUSTRY.closest("1311") is None


def test_suggestions_for_a_mistyped_name():
    assert "1311" in INDUSTRY.suggest("稻谷加工业")
    assert INDUSTRY.suggest("zzzzzz") == ()


# --- reading areas -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("格尔木市", "632801"),
        ("格尔木", "632801"),
        ("海西州", "632800"),
        ("海西", "632800"),
        ("海西蒙古族藏族自治州", "632800"),
        ("青海", "630000"),
        ("内蒙古", "150000"),
        ("广西", "450000"),
        ("海南", "460000"),
        ("海南州", "632500"),
        ("全国", "000000"),
        ("大柴旦行委", "632857"),
        ("632825", "632857"),
        ("632801", "632801"),
        ("632801000", "632801"),
        ("632801100000", "632801100"),
        ("茫崖", "632803"),
        ("青海省海西州格尔木市", "632801"),
        ("海西州 德令哈市 河西街道", "632802001"),
        ("青海省大柴旦", "632857"),
    ],
)
def test_areas_as_people_write_them(text, code):
    assert AREA.find(text) == code


@pytest.mark.parametrize(
    "text", ["", "河西街道", "西海市", "四川省格尔木市", "632801 000 001", "青" * 500]
)
def test_areas_that_cannot_be_told(text):
    assert AREA.find(text) is None


def test_ambiguous_area_names_are_all_given():
    assert AREA.matches("河西街道") == ("632801004", "632802001")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("632801100203", "632801100"),
        ("632801999", "632801"),
        ("632899", "632800"),
        ("630102", "630100"),
        ("510104", "510000"),
        ("999999", None),
        ("63", None),
        ("格尔木市", None),
    ],
)
def test_closest_known_area(text, code):
    assert AREA.closest(text) == code


# --- wrong tables ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([row("A"), row("A")], "代码 A 重复"),
        ([row("01", "A")], "上级 A 不在代码表中"),
        ([row("A"), row("x", "y"), row("y", "x")], "成环"),
        ([{"code": "A", "name": "", "parent": "", "level": "1"}], "缺少代码或名称"),
    ],
)
def test_wrong_tables_are_refused(rows, message):
    with pytest.raises(ValueError, match=message):
        CodeTree("t", rows)


# --- any tree ----------------------------------------------------------------------------


@st.composite
def trees(draw):
    """A random tree: each node's parent is an earlier node or none."""
    size = draw(st.integers(1, 30))
    rows = []
    for number in range(size):
        above = draw(st.integers(-1, number - 1))
        rows.append(row(f"{number:03}", f"{above:03}" if above >= 0 else ""))
    return CodeTree("t", draw(st.permutations(rows)))


@given(trees())
def test_spans_nest(tree):
    for code in tree:
        low, high = tree.span(code)
        assert low == tree.index(code) <= high
        children = [tree.span(child) for child in tree.children(code)]
        # The children's spans fill the parent's span after its own position, without a gap.
        covered = [position for first, last in children for position in range(first, last + 1)]
        assert covered == list(range(low + 1, high + 1))


@given(trees())
def test_a_span_is_exactly_the_descendants(tree):
    for code in tree:
        below = {other for other in tree if code in tree.ancestors(other)}
        assert set(tree.subtree(code)) == below | {code}


@given(trees())
def test_positions_and_codes_are_inverse(tree):
    assert [tree.index(code) for code in tree] == list(range(1, len(tree) + 1))
    assert [tree.code(position) for position in range(1, len(tree) + 1)] == list(tree)
