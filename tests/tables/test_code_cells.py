"""Industry and area codes, with lost zeros, letters, names and paths."""

import pytest

from huiqi.tables.cells import read_cell
from huiqi.tables.dates import serial_base


@pytest.fixture(scope="module")
def code(column):
    def reading(header, text):
        found = column(header)
        value, note = read_cell(text, found, serial_base(from_1904=False))
        shown = None if value is None else found.fact.code_tree.code(value)
        return shown, note.kind if note else None

    return reading


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1311", "1311"),
        ("C1311", "1311"),
        ("c1311", "1311"),
        ("Ｃ１３１１", "1311"),
        ("1311.0", "1311"),
        ("0111", "0111"),
        ("A0111", "0111"),
        ("I", "I"),
        ("I65", "65"),
        ("稻谷种植", "0111"),
        ("C1311 稻谷加工", "1311"),
        ("1311-稻谷加工", "1311"),
        ("稻谷加工（1311）", "1311"),
        ("111稻谷种植", "0111"),
        ("B111", "111"),
    ],
)
def test_industries(code, text, expected):
    assert code("行业", text) == (expected, None)


@pytest.mark.parametrize(
    ("text", "expected"), [("1", "01"), ("A111", "0111"), ("A11", "011"), ("271", "271")]
)
def test_lost_zeros_are_put_back_when_nothing_else_can_be_meant(code, text, expected):
    found, kind = code("行业", text)
    assert found == expected
    assert kind == (None if text == expected else "industry_zero")


@pytest.mark.parametrize("text", ["111", "111.0", "11", "13", "541"])
def test_lost_zeros_are_not_guessed(code, text):
    assert code("行业", text) == (None, "industry_ambiguous")


def test_every_shortened_code_is_restored_or_named_ambiguous(code, vocabulary):
    tree = vocabulary.trees["industry"]
    for full in tree:
        if full.startswith("0"):
            found, kind = code("行业", full[1:])
            assert (found, kind) == (
                (None, "industry_ambiguous") if full[1:] in tree else (full, "industry_zero")
            )


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("A1311", "industry_code"),
        ("9999", "industry_code"),
        ("C1311 水泥制造", "code_and_name"),
        ("汽车", "unknown_name"),
        ("1.3E+03", "code_as_number"),
    ],
)
def test_wrong_industries(code, text, kind):
    assert code("行业", text) == (None, kind)


@pytest.mark.parametrize(
    "text",
    [
        "632801",
        "632801000",
        "632801000000",
        "632801.0",
        "格尔木市",
        "格尔木",
        "青海省海西州格尔木市",
        " 格尔木 市 ",
    ],
)
def test_areas(code, text):
    assert code("登记地", text) == ("632801", None)


def test_townships_and_names_that_occur_twice(code, column):
    assert code("登记地", "632801001") == ("632801001", None)
    assert code("登记地", "德令哈市河西街道") == ("632802001", None)
    assert code("登记地", "河西街道") == (None, "ambiguous_name")
    _, note = read_cell("河西街道", column("登记地"), serial_base(from_1904=False))
    assert "632801004" in note.message
    assert "632802001" in note.message


def test_codes_below_the_table_are_read_as_the_area_above(code):
    assert code("登记地", "632801001002") == ("632801001", "area_above")
    assert code("登记地", "110105") == ("110000", "area_above")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("993456", "area_code"),
        ("003456", "area_code"),
        ("63", "area_code"),
        ("月球", "unknown_name"),
        ("6.32801E+11", "code_as_number"),
    ],
)
def test_wrong_areas(code, text, kind):
    assert code("登记地", text) == (None, kind)
