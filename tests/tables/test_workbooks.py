"""Workbooks of Excel and WPS, old and new."""

import zipfile
from datetime import date, datetime

import openpyxl
import pytest
import xlsxwriter
import xlwt

from huiqi.rules.dates import to_days
from huiqi.tables import Unreadable
from tests.tables.conftest import credit_code, write_xlsx

HEADER = [
    "统一社会信用代码",
    "企业名称",
    "营业收入（万元）",
    "成立日期",
    "鼓励类主营收入占比",
    "失信被执行人",
]
DAY = to_days(date(2020, 1, 2))
AFTERNOON = datetime(2020, 1, 2, 15, 30)  # noqa: DTZ001 - workbooks know no zones


def new_workbook(path, **options):
    """Numbers, dates, percentages, booleans and formulas with their results, by XlsxWriter."""
    book = xlsxwriter.Workbook(str(path), options)
    percent = book.add_format({"num_format": "0.0%"})
    built_in = book.add_format({"num_format": 9})
    quoted = book.add_format({"num_format": '0"%"'})
    day = book.add_format({"num_format": "yyyy年m月d日"})
    sheet = book.add_worksheet("企业")
    sheet.write_row(0, 0, HEADER)
    sheet.write_row(1, 0, [credit_code(1), "甲", 1234.5])
    sheet.write_datetime(1, 3, AFTERNOON, day)
    sheet.write_number(1, 4, 0.07, percent)
    sheet.write_boolean(1, 5, True)
    sheet.write_row(2, 0, [credit_code(2), "乙"])
    sheet.write_formula(2, 2, "=1+1", None, 7)
    sheet.write_number(2, 3, 43832 - (1462 if options.get("date_1904") else 0))
    sheet.write_number(2, 4, 0.6, built_in)
    sheet.write_formula(2, 5, "=FALSE()", None, "FALSE")
    sheet.write_row(3, 0, [credit_code(3), "丙"])
    sheet.write_formula(3, 2, "=1/0", None, "#DIV/0!")
    sheet.write_formula(3, 3, "=VLOOKUP(1,A1,1)", None, "#N/A")
    sheet.write_number(3, 4, 50, quoted)
    book.close()
    return path


def old_workbook(path, since_1904=False):
    """The same by xlwt."""
    book = xlwt.Workbook()
    book.dates_1904 = since_1904
    sheet = book.add_sheet("企业")
    for place, title in enumerate(HEADER):
        sheet.write(0, place, title)
    for row, name in enumerate("甲乙丙", 1):
        sheet.write(row, 0, credit_code(row))
        sheet.write(row, 1, name)
    sheet.write(1, 2, 1234.5)
    sheet.write(
        1, 3, DAY + 25569 - (1462 if since_1904 else 0), xlwt.easyxf(num_format_str="YYYY-MM-DD")
    )
    sheet.write(1, 4, 0.07, xlwt.easyxf(num_format_str="0.0%"))
    sheet.write(1, 5, True)
    sheet.write(2, 2, 7)
    sheet.write(2, 3, 43832 - (1462 if since_1904 else 0))
    sheet.write(2, 4, 0.6, xlwt.easyxf(num_format_str="0%"))
    sheet.write(2, 5, False)
    sheet.row(3).set_cell_error(2, "#DIV/0!")
    sheet.row(3).set_cell_error(3, 0x2A)
    sheet.write(3, 4, 50)
    book.save(str(path))
    return path


@pytest.mark.parametrize("since_1904", [False, True])
@pytest.mark.parametrize("make", [new_workbook, old_workbook])
def test_both_kinds_give_the_same(tmp_path, read, make, since_1904):
    if make is new_workbook:
        path = make(tmp_path / "表.xlsx", **({"date_1904": True} if since_1904 else {}))
    else:
        path = make(tmp_path / "表.xls", since_1904)
    result = read(path)
    assert result.column("credit_code") == [credit_code(n) for n in (1, 2, 3)]
    assert result.column("revenue") == [1234_5000_00, 7_0000_00, None]
    assert result.column("established_on") == [DAY, DAY, None]
    assert result.column("western_encouraged_share") == [70_000, 600_000, 500_000]
    assert result.column("court_defaulter") == [1, 0, None]
    assert result.kinds() == [(4, "formula_error"), (4, "formula_error")]
    assert [problem.value for problem in result.problems] == ["#DIV/0!", "#N/A"]
    assert result.column("row") == [2, 3, 4]


def test_a_workbook_of_another_program(tmp_path, read):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["惠企政策企业信息采集表"])
    sheet.merge_cells("A1:D1")
    sheet.append(["企业名称", "税号", "成立日期", "资产总额/亿元"])
    sheet.append(["甲公司", credit_code(1).lower(), date(2020, 1, 2), "１．５"])
    sheet["E9"] = "备注"
    path = tmp_path / "wps.xlsx"
    book.save(path)
    result = read(path)
    assert result.table.header_row == 2
    assert result.rows == [
        {
            "row": 3,
            "credit_code": credit_code(1),
            "name": "甲公司",
            "established_on": DAY,
            "total_assets": 150_000_000_00,
        }
    ]
    assert result.kinds() == [(None, "no_header")]


def test_a_table_that_does_not_begin_in_the_corner(tmp_path, read):
    rows = [[None], [None], [None, None, "企业名称", "从业人员"], [None, None, "甲", "１２人"]]
    result = read(write_xlsx(tmp_path / "角.xlsx", {"表": rows}))
    assert result.rows == [{"row": 4, "name": "甲", "employees": 12}]
    assert result.table.columns["employees"].letter == "D"


def test_the_first_sheet_with_a_header_is_read(tmp_path, read):
    good = [["企业名称", "从业人员"], ["甲", 5]]
    other = [["企业名称", "从业人员"], ["乙", 6]]
    path = write_xlsx(
        tmp_path / "多.xlsx", {"说明": [["请看第二页"]], "空": [], "甲表": good, "乙表": other}
    )
    result = read(path)
    assert result.column("name") == ["甲"]
    assert (result.table.source.sheet, result.table.source.other_sheets) == (
        "甲表",
        ("说明", "空", "乙表"),
    )
    assert read(path, sheet="乙表").column("name") == ["乙"]
    with pytest.raises(Unreadable, match=r"没有工作表“丙表”.*甲表"):
        read(path, sheet="丙表")
    with pytest.raises(Unreadable, match=r"工作表“说明”.*请看第二页"):
        read(path, sheet="说明")


def test_other_sheets_with_firms_are_told(tmp_path, read):
    sheets = {
        name: [["企业名称", "统一社会信用代码"], [name, credit_code(number)]]
        for number, name in enumerate(["格尔木", "德令哈", "茫崖"])
    }
    path = write_xlsx(tmp_path / "多.xlsx", {**sheets, "说明": [["填表说明"]]})
    result = read(path)
    assert result.column("name") == ["格尔木"]
    assert [(p.kind, p.severity) for p in result.problems] == [("sheet_not_read", "warning")] * 2
    assert "德令哈" in result.problems[0].message
    assert read(path, sheet="茫崖").problems == []


def test_merged_cells_are_told(tmp_path, read):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["企业表"])
    sheet.append(["统一社会信用代码", "企业名称", "登记地", "备注"])
    for number, name in enumerate("甲乙丙"):
        sheet.append([credit_code(number), name, "格尔木市" if name == "甲" else None, "x"])
    for cells in ("A1:D1", "C3:C4", "D3:D5"):
        sheet.merge_cells(cells)
    book.save(tmp_path / "并.xlsx")
    result = read(tmp_path / "并.xlsx")
    assert [value is None for value in result.column("area")] == [False, True, True]
    (problem,) = result.problems
    assert (problem.kind, problem.row, problem.column) == ("merged_cells", 3, "登记地")
    assert "C3:C4" in problem.message


def test_merged_cells_of_an_old_workbook_are_told(tmp_path, read):
    book = xlwt.Workbook()
    sheet = book.add_sheet("表")
    sheet.write(0, 0, "企业名称")
    sheet.write(0, 1, "从业人员")
    sheet.write_merge(1, 2, 0, 0, "甲")
    sheet.write(1, 1, 5)
    book.save(str(tmp_path / "并.xls"))
    result = read(tmp_path / "并.xls")
    assert (2, "merged_cells") in result.kinds()


def test_formulas_nobody_calculated_are_told(tmp_path, read):
    book = openpyxl.Workbook()  # writes formulas without results
    book.active.append(["企业名称", "营业收入", "从业人员"])
    book.active.append(["甲", "=1+1", 5])
    book.active.append(['="乙"&"丙"', 7, "=2+3"])
    book.save(tmp_path / "式.xlsx")
    result = read(tmp_path / "式.xlsx")
    assert result.rows == [{"row": 2, "name": "甲", "revenue": None, "employees": 5}]
    assert [p.row for p in result.problems if p.kind == "formula_error"] == [2, 3, 3]
    assert "保存" in result.problems[-1].advice


def test_a_formula_whose_result_is_an_empty_text_is_blank(tmp_path, read):
    book = openpyxl.Workbook()
    book.active.append(["企业名称", "从业人员"])
    book.active.append(["甲", '=""'])
    book.save(tmp_path / "式.xlsx")
    path = tmp_path / "空.xlsx"
    with zipfile.ZipFile(tmp_path / "式.xlsx") as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            # Excel marks a result that is text, also one of no length.
            new.writestr(name, old.read(name).replace(b'"B2"><f>', b'"B2" t="str"><f>'))
    result = read(path)
    assert result.rows == [{"row": 2, "name": "甲", "employees": None}]
    assert result.kinds() == [(None, "no_code_column")]
    assert (2, "formula_error") in read(tmp_path / "式.xlsx").kinds()


def test_no_sheet_has_a_header(tmp_path, read):
    path = write_xlsx(tmp_path / "无.xlsx", {"一": [["标题"]], "二": [["产值"]]})
    with pytest.raises(Unreadable, match=r"工作表“一”.*也看过：二"):
        read(path)


def test_hidden_sheets_are_read_only_when_named(tmp_path, read):
    path = tmp_path / "隐.xlsx"
    book = xlsxwriter.Workbook(str(path))
    book.add_worksheet("看得见").write(0, 0, "说明")
    hidden = book.add_worksheet("藏着")
    hidden.write_column(0, 0, ["企业名称", "甲"])
    hidden.hide()
    book.close()
    with pytest.raises(Unreadable):
        read(path)
    assert read(path, sheet="藏着").column("name") == ["甲"]


def test_a_repeated_fact_is_told_even_on_a_later_sheet(tmp_path, read):
    path = write_xlsx(
        tmp_path / "重.xlsx", {"说明": [["x"]], "表": [["企业名称", "营业收入", "revenue"]]}
    )
    with pytest.raises(Unreadable, match="两列都是“营业收入”"):
        read(path)


def test_codes_that_became_numbers(tmp_path, read):
    rows = [
        ["信用代码", "企业名称", "行业", "登记地"],
        [916328010000000000, "甲"],
        ["9.16328E+17", "乙"],
    ]
    rows += [[credit_code(1), "丙", 111, 632801], [credit_code(2), "丁", 541.0, 632801001000]]
    rows += [[credit_code(3), "戊", 1, "632801"]]
    result = read(write_xlsx(tmp_path / "码.xlsx", {"表": rows}))
    assert result.column("name") == ["丙", "丁", "戊"]
    assert result.kinds() == [
        (2, "code_as_number"),
        (3, "code_as_number"),
        (4, "industry_ambiguous"),
        (5, "industry_ambiguous"),
        (6, "industry_zero"),
    ]
    assert [problem.refuses_row for problem in result.problems] == [True, True, False, False, False]
    assert [problem.severity for problem in result.problems][-1] == "warning"


def test_many_rows_keep_their_numbers(tmp_path, read):
    rows = [["企业名称", "从业人员"], *([f"企业{n}", n] for n in range(30_000))]
    rows[20_001][1] = "错"
    result = read(write_xlsx(tmp_path / "多.xlsx", {"表": rows}), chunk_rows=7000)
    assert result.column("row") == list(range(2, 30_002))
    assert result.column("employees")[29_999] == 29_999
    assert [p.row for p in result.problems if p.kind == "not_a_number"] == [20_002]
    assert result.table.total_rows == 30_000


def test_the_workings_of_a_sheet_leave_nothing_behind(tmp_path, read, monkeypatch):
    import tempfile

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "work"))
    (tmp_path / "work").mkdir()
    result = read(write_xlsx(tmp_path / "表.xlsx", {"表": [["企业名称"], ["甲"]]}))
    assert list((tmp_path / "work").iterdir())
    result.table.close()
    assert not list((tmp_path / "work").iterdir())
    with pytest.raises(Unreadable):
        read(write_xlsx(tmp_path / "坏.xlsx", {"表": [["标题"]]}))
    assert not list((tmp_path / "work").iterdir())
