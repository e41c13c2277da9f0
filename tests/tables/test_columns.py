"""Whole columns: the fast way and the cell-by-cell way give the same integers."""

from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from huiqi.rules.dates import to_days
from huiqi.tables.cells import read_cell
from huiqi.tables.columns import ColumnEncoder, can_hold
from huiqi.tables.dates import serial_base

BASE = serial_base(from_1904=False)
HEADERS = [
    "营业收入",
    "营业收入(万元)",
    "利润总额(亿元)",
    "从业人员",
    "鼓励类主营收入占比",
    "节水量(公斤)",
]

headers = st.sampled_from(HEADERS)
# More examples, as there are several headers.
many = settings(max_examples=3 * settings().max_examples)


@pytest.fixture(scope="module")
def encode(column):
    def encoding(header, cells, dtype=None):
        encoded = ColumnEncoder(column(header), BASE).encode(pl.Series(cells, dtype=dtype))
        kinds = [None if n is None else encoded.notes[n].kind for n in encoded.noted.to_list()]
        return encoded.values.to_list(), kinds

    return encoding


def one_by_one(column, cells):
    readings = [(None, None) if cell is None else read_cell(cell, column, BASE) for cell in cells]
    return [value for value, _ in readings], [note.kind if note else None for _, note in readings]


numbers = st.decimals(-(10**13), 10**13, places=3, allow_nan=False).map(lambda d: f"{d:f}")
plain = st.one_of(
    numbers,
    st.integers(-(10**19), 10**19).map(str),
    st.integers(0, 10**12).map(lambda n: f"{n:,}"),
    st.from_regex(r"[+-]?\d{0,4},?\d{0,4}\.?\d{0,6}", fullmatch=True),
    st.sampled_from(
        ["", "-", "1e5", "１２", "abc", "5%", "3万元", "无", "20人", "0.5", "-0.004", None]
    ),
)


@many
@given(header=headers, cells=st.lists(plain, max_size=12))
def test_text_columns(encode, column, header, cells):
    assert encode(header, cells, pl.String) == one_by_one(column(header), cells)


@many
@given(
    header=headers,
    cells=st.lists(
        st.one_of(st.none(), st.integers(-(2**63), 2**63 - 1), st.integers(-9, 9999)), max_size=12
    ),
)
def test_whole_number_columns(encode, column, header, cells):
    texts = [None if cell is None else str(cell) for cell in cells]
    assert encode(header, cells, pl.Int64) == one_by_one(column(header), texts)


@many
@given(
    header=headers,
    cells=st.lists(st.one_of(st.none(), st.decimals(-(10**9), 10**9, places=6)), max_size=12),
)
def test_decimal_columns(encode, column, header, cells):
    texts = [None if cell is None else f"{cell:f}" for cell in cells]
    assert encode(header, cells, pl.Decimal(20, 6)) == one_by_one(column(header), texts)


@given(fen=st.lists(st.integers(-(10**13), 10**13), max_size=20))
def test_floating_yuan_are_exact_to_the_fen(encode, fen):
    assert encode("利润总额", [n / 100 for n in fen], pl.Float64) == (fen, [None] * len(fen))


def test_floating_numbers_that_are_none(encode):
    cells = [float("nan"), float("inf"), 1e300, -1.0, None]
    values, kinds = encode("营业收入", cells, pl.Float64)
    assert values == [None] * 5
    assert kinds == [None, "not_a_number", "not_a_number", "out_of_range", None]
    assert encode("从业人员", [2.0, 2.5], pl.Float64) == ([2, None], [None, "not_whole"])


def test_other_typed_columns(encode, vocabulary):
    day = date(2020, 1, 2)
    assert encode("成立日期", [day, None, date(1800, 1, 1)]) == (
        [to_days(day), None, None],
        [None, None, "out_of_range"],
    )
    late = datetime(2020, 1, 1, 23, tzinfo=timezone(timedelta(0)))  # already the next day in China
    assert encode("成立日期", [late]) == ([to_days(day)], [None])
    assert encode("成立日期", [20200102, 43832]) == ([to_days(day)] * 2, [None, None])
    assert encode("失信被执行人", [True, False, None]) == ([1, 0, None], [None] * 3)
    assert encode("失信被执行人", [1, 0, 2]) == ([1, 0, None], [None, None, "not_a_flag"])
    mask = vocabulary.facts["qualifications"].encode(["绿色工厂", "高新技术企业"])
    assert encode("企业资质", [["高新技术企业", "绿色工厂"], [], None]) == (
        [mask, 0, None],
        [None] * 3,
    )
    names = pl.Series(["格尔木市", "632801"], dtype=pl.Categorical)
    assert len(set(encode("登记地", names, pl.Categorical)[0])) == 1
    assert encode("营业收入", [Decimal("1.25")], pl.Decimal(10, 2)) == ([125], [None])
    assert encode("企业名称", [" 甲 ", "-", "#REF!", "乙\x00"]) == (
        ["甲", None, None, "乙"],
        [None, None, "formula_error", None],
    )
    assert encode("营业收入", [None, None], pl.Null) == ([None, None], [None, None])
    assert encode("营业收入", [], pl.String) == ([], [])


def test_each_distinct_text_is_read_once(column, monkeypatch):
    read = []
    monkeypatch.setattr(
        "huiqi.tables.columns.read_cell", lambda *given: read.append(given[0]) or read_cell(*given)
    )
    encoder = ColumnEncoder(column("行业"), BASE)
    for _ in range(3):
        encoder.encode(pl.Series(["C1311", "1311", "C1311", None] * 1000))
    assert sorted(read) == ["1311", "C1311"]


@pytest.mark.parametrize(
    ("dtype", "key", "fits"),
    [
        (pl.Boolean(), "revenue", False),
        (pl.Date(), "revenue", False),
        (pl.Time(), "established_on", False),
        (pl.List(pl.String()), "qualifications", True),
        (pl.List(pl.Int64()), "qualifications", False),
        (pl.List(pl.String()), "revenue", False),
        (pl.Float64(), "name", False),
        (pl.Int64(), "credit_code", True),
        (pl.Binary(), "name", False),
        (pl.Struct({"a": pl.Int64()}), "revenue", False),
    ],
)
def test_types_that_can_hold_a_fact(vocabulary, dtype, key, fits):
    assert can_hold(dtype, vocabulary.facts[key]) is fits
