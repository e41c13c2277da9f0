"""Results: exact, harmless, and whole or not at all."""

import csv as csv_module
import io
import os
import zipfile
from datetime import date
from decimal import Decimal

import openpyxl
import polars as pl
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from huiqi.rules.dates import to_days
from huiqi.tables import Column, open_writer, write_table
from huiqi.tables.errors import TableError, Unwritable
from huiqi.tables.output_columns import csv_cell
from tests.tables.conftest import credit_code

COLUMNS = [
    Column("代码"),
    Column("金额", "money_yuan"),
    Column("数", "integer"),
    Column("日期", "date"),
    Column("比例", "percent"),
    Column("说明", "long_text", 60),
]
DAY = date(2020, 1, 2)
ROWS = [
    ("=1+1", 123456789012345, 1234567, DAY, 50_000, "第一行\n第二行"),
    ("@x\x00\x1fy", -5, -1, date(1850, 5, 6), 123, "http://example.com"),
    (credit_code(1), None, None, None, None, None),
    ("007", 10**16 + 1, 10**15 + 3, DAY, 10**15, "长" * 40_000),
]
NAMES = [column.name for column in COLUMNS]


def written(path, rows=ROWS, columns=COLUMNS, name="结果"):
    write_table(path, {name: (columns, rows)})
    return path


# --- workbooks ---------------------------------------------------------------------------------


def test_a_workbook_cell_by_cell(tmp_path):
    path = written(tmp_path / "果.xlsx")
    sheet = openpyxl.load_workbook(path)["结果"]
    cells = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert cells[0] == NAMES
    assert cells[1][0] == "=1+1"
    assert sheet["A2"].data_type == "s"
    assert cells[1][1] == 1234567890123.45
    assert sheet["D2"].value.date() == DAY
    assert cells[1][4] == 0.05
    assert cells[1][5] == "第一行\n第二行"
    assert cells[2][:5] == ["@xy", -0.05, -1, "1850-05-06", 0.000123]
    assert sheet["F3"].hyperlink is None
    assert cells[3] == [credit_code(1), *[None] * 5]
    assert cells[4][:5] == [
        "007",
        "100000000000000.01",
        "1000000000000003",
        sheet["D5"].value,
        "100000000000.0000%",
    ]
    assert len(cells[4][5]) == 32_767
    assert cells[4][5].endswith("截断）")


def test_the_look_of_a_workbook(tmp_path):
    sheet = openpyxl.load_workbook(written(tmp_path / "果.xlsx"))["结果"]
    assert sheet.freeze_panes == "A2"
    assert (sheet.page_setup.orientation, sheet.page_setup.fitToHeight) == ("landscape", 0)
    assert sheet.print_title_rows == "$1:$1"
    assert sheet.auto_filter.ref == "A1:F5"
    assert sheet["A1"].font.bold
    assert [sheet.cell(2, place).number_format for place in range(1, 7)] == [
        *("@", "#,##0.00", "#,##0", "yyyy-mm-dd", "0.00##%", "@")
    ]
    assert sheet.column_dimensions["F"].width == pytest.approx(60, abs=1)


def test_rows_are_as_high_as_their_wrapped_texts(tmp_path):
    out = tmp_path / "结果.xlsx"
    with open_writer(out) as writer:
        sheet = writer.sheet("说明", [Column("说明", "long_text", 20), Column("名称", "text", 20)])
        sheet.write([["短", "长" * 50], ["长" * 25, ""], ["长" * 999, ""], [None, ""]])
    rows = openpyxl.load_workbook(out).active.row_dimensions
    assert [rows[number].height for number in range(2, 6)] == [None, 45, 90, None]


def test_no_part_of_a_workbook_is_alive(tmp_path):
    path = written(tmp_path / "果.xlsx")
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            content = archive.read(name)
            assert b"<f>" not in content
            assert b"<hyperlink" not in content
            assert b"/hyperlink" not in content


def test_a_full_sheet_continues_on_the_next(tmp_path, monkeypatch):
    monkeypatch.setattr("huiqi.tables.workbook_writing.MOST_ROWS", 4)
    path = written(tmp_path / "果.xlsx", [(n,) for n in range(7)], [Column("数", "integer")])
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["结果", "结果 (2)", "结果 (3)"]
    assert [[row[0].value for row in sheet.iter_rows()] for sheet in book] == [
        ["数", 0, 1, 2],
        ["数", 3, 4, 5],
        ["数", 6],
    ]
    assert book["结果 (2)"].auto_filter.ref == "A1:A4"


def test_sheets_may_be_written_in_turns(tmp_path):
    with open_writer(tmp_path / "果.xlsx") as writer:
        assert writer.many_sheets
        first = writer.sheet("一/二:三", [Column("甲")])
        second = writer.sheet("一_二_三", [Column("乙", "integer")])
        for number in range(3):
            first.write([(str(number),)])
            second.write(pl.DataFrame({"乙": [number]}))
        writer.write([(9,)])
        writer.sheet("长" * 40, [Column("丙")])
    book = openpyxl.load_workbook(tmp_path / "果.xlsx")
    assert book.sheetnames == ["一_二_三", "一_二_三 (2)", "长" * 31]
    assert [row[0].value for row in book.worksheets[0].iter_rows()] == ["甲", "0", "1", "2"]
    assert [row[0].value for row in book.worksheets[1].iter_rows()] == ["乙", 0, 1, 2, 9]


@given(st.integers(-(10**15) + 1, 10**15 - 1))
def test_money_in_a_workbook_is_the_nearest_double(fen):
    assert Decimal(f"{fen / 100:.16G}").quantize(Decimal("0.01")) == Decimal(fen).scaleb(-2)


# --- CSV -----------------------------------------------------------------------------------------


def parsed(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv_module.reader(file))


def test_a_csv_for_excel(tmp_path):
    path = written(tmp_path / "果.csv")
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    rows = parsed(path)
    assert rows[0] == NAMES
    assert rows[1] == ["'=1+1", "1234567890123.45", "1234567", "2020-01-02", "5%", "第一行\n第二行"]
    assert rows[2] == ["'@xy", "-0.05", "-1", "1850-05-06", "0.0123%", "http://example.com"]
    assert rows[3] == [credit_code(1), "", "", "", "", ""]
    assert rows[4][1:3] == ["100000000000000.01", "1000000000000003"]


@pytest.mark.parametrize(
    "text",
    [
        "=1",
        "+cmd",
        "-1+1",
        "@SUM",
        "\tx",
        "\rx",
        "＝1",
        "＋1",
        "-",
        "--5",
        "=1\n2",
        " =1",
        "\n@x",
        "\u3000=1",
    ],
)
def test_live_text_in_a_csv_is_neutralised(tmp_path, text):
    rows = parsed(written(tmp_path / "果.csv", [(text,)], [Column(text)]))
    assert all(cell.startswith(("'", "\n")) for row in rows for cell in row)


@pytest.mark.parametrize("text", ["-5", "+5.25", "-3.5%", "甲=乙", "1-1", "a@b"])
def test_plain_text_in_a_csv_stays(tmp_path, text):
    assert parsed(written(tmp_path / "果.csv", [(text,)], [Column("甲")]))[1] == [text]


@given(st.lists(st.text(max_size=20), min_size=1, max_size=10))
def test_no_text_in_a_csv_is_live(texts):
    frame = pl.DataFrame({"text": texts}, schema={"text": pl.String})
    for cell in frame.select(text=csv_cell(pl.col("text"), "text"))["text"]:
        live = cell.lstrip()[:1] in set("=+-@＝＋－＠") or cell[:1] in set("\t\r")
        assert not live or cell.lstrip("+-").replace(".", "", 1).rstrip("%").isdecimal()


@given(st.lists(st.one_of(st.none(), st.integers(-(2**63) + 1, 2**63 - 1)), min_size=1))
def test_money_text_is_exact(fen):
    frame = pl.DataFrame({"fen": fen}, schema={"fen": pl.Int64})
    found = frame.select(fen=csv_cell(pl.col("fen"), "money_yuan"))["fen"].to_list()
    assert found == [None if n is None else f"{Decimal(n).scaleb(-2):.2f}" for n in fen]


# --- Parquet -------------------------------------------------------------------------------------


def test_a_parquet_has_exact_types(tmp_path):
    path = written(tmp_path / "果.parquet")
    table = pq.read_table(path).to_pydict()
    assert list(table) == NAMES
    assert table["代码"] == ["=1+1", "@xy", credit_code(1), "007"]
    assert table["金额"] == [
        Decimal("1234567890123.45"),
        Decimal("-0.05"),
        None,
        Decimal("100000000000000.01"),
    ]
    assert table["比例"][:2] == [Decimal("5.0000"), Decimal("0.0123")]
    assert table["日期"][:2] == [DAY, date(1850, 5, 6)]
    assert table["说明"][3] == "长" * 40_000


def test_a_result_may_be_read_as_input(tmp_path, read):
    columns = [Column("统一社会信用代码"), Column("企业名称"), Column("营业收入", "money_yuan")]
    columns += [Column("成立日期", "date"), Column("鼓励类主营收入占比", "percent")]
    row = (credit_code(1), "甲", 123456, to_days(DAY), 620_000)
    for suffix in (".xlsx", ".csv", ".parquet"):
        result = read(written(tmp_path / f"果{suffix}", [row], columns))
        (found,) = result.rows
        assert tuple(found.values())[1:] == row, suffix
        assert result.problems == []


# --- whole or not at all -------------------------------------------------------------------------

SUFFIXES = pytest.mark.parametrize("suffix", [".xlsx", ".csv", ".parquet"])


@SUFFIXES
def test_a_failure_leaves_what_was_there(tmp_path, suffix):
    path = tmp_path / f"果{suffix}"
    path.write_text("before")
    with pytest.raises(ZeroDivisionError), open_writer(path) as writer:
        writer.sheet("结果", COLUMNS).write(ROWS[:2])
        assert path.read_text() == "before"
        raise ZeroDivisionError
    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]
    with open_writer(path) as writer:
        writer.sheet("结果", COLUMNS).write(ROWS[:2])
    assert path.read_bytes() != b"before"
    assert list(tmp_path.iterdir()) == [path]


@SUFFIXES
def test_nothing_written_is_still_a_file(tmp_path, suffix):
    with open_writer(tmp_path / f"空{suffix}"):
        pass
    write_table(tmp_path / f"表头{suffix}", {"结果": (COLUMNS, [])})
    assert (tmp_path / f"空{suffix}").exists()
    assert (tmp_path / f"表头{suffix}").stat().st_size > 0


@SUFFIXES
def test_the_input_is_never_overwritten(tmp_path, suffix):
    source = tmp_path / f"入{suffix}"
    source.write_text("input")
    (tmp_path / "link").symlink_to(source)
    (tmp_path / f"symlink{suffix}").symlink_to(source)
    os.link(source, tmp_path / f"hard{suffix}")
    for name in (f"入{suffix}", f"symlink{suffix}", f"hard{suffix}"):
        with pytest.raises(Unwritable, match="输入文件"):
            open_writer(tmp_path / name, source=source)
    assert source.read_text() == "input"


def test_places_that_cannot_be_written(tmp_path, monkeypatch):
    for path, words in {
        tmp_path / "果.pdf": "不能写",
        tmp_path / "没有" / "果.csv": "文件夹",
    }.items():
        with pytest.raises(TableError, match=words):
            open_writer(path)
    (tmp_path / "夹.csv").mkdir()
    with pytest.raises(Unwritable, match="文件夹"):
        open_writer(tmp_path / "夹.csv")


@SUFFIXES
def test_a_full_disk_is_told(tmp_path, monkeypatch, suffix):
    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("huiqi.tables.writing.os.fsync", full)
    with pytest.raises(Unwritable, match="没有写成"):
        written(tmp_path / f"果{suffix}", ROWS[:2])
    assert list(tmp_path.iterdir()) == []


def test_formats_with_one_table_take_one(tmp_path):
    with open_writer(tmp_path / "果.csv") as writer:
        assert not writer.many_sheets
        with pytest.raises(ValueError, match="begin"):
            writer.write([])
        writer.sheet("一", COLUMNS)
        with pytest.raises(ValueError, match="one table"):
            writer.sheet("二", COLUMNS)


def test_data_that_does_not_fit_the_columns(tmp_path):
    with open_writer(tmp_path / "果.csv") as writer:
        sheet = writer.sheet("一", [Column("金额", "money_yuan")])
        with pytest.raises(TypeError, match="integers"):
            sheet.write(pl.DataFrame({"金额": [1.5]}))
        with pytest.raises(ValueError, match="expected"):
            sheet.write(pl.DataFrame({"a": [1], "b": [2]}))
        sheet.write(pl.DataFrame({"随便": [150]}))
    assert parsed(tmp_path / "果.csv") == [["金额"], ["1.50"]]


def test_a_closed_writer_stays_closed(tmp_path):
    writer = open_writer(tmp_path / "果.csv")
    writer.sheet("一", [Column("甲")]).write([("1",)])
    writer.close()
    writer.close()
    writer.discard()
    assert io.BytesIO((tmp_path / "果.csv").read_bytes()).read().endswith(b"1\r\n")
