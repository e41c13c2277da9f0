"""Which rows are kept, what is reported, and how much of it."""

from datetime import UTC, date, datetime
from hashlib import sha256

import pytest

from huiqi.rules.dates import to_days
from huiqi.tables import Unreadable
from tests.tables.conftest import credit_code, write_xlsx


@pytest.fixture
def csv(tmp_path):
    def made(*rows):
        path = tmp_path / "企业.csv"
        path.write_text("\n".join(",".join(map(str, row)) for row in rows), encoding="utf-8")
        return path

    return made


def test_rows_that_are_firms_and_rows_that_are_not(csv, read):
    result = read(
        csv(
            ("统一社会信用代码", "企业名称", "从业人员"),
            (credit_code(1), "甲", 1),
            ("", "乙", 2),
            (credit_code(3)[:-1] + "*", "丙", 3),
            ("", "", 4),
            ("", "", ""),
            ("-", "合计", 10),
            ("", "注：单位为人", ""),
            (credit_code(1).lower(), "丁", 5),
            (credit_code(6), "", 6),
        )
    )
    assert result.column("row") == [2, 3, 10]
    assert result.column("credit_code") == [credit_code(1), None, credit_code(6)]
    assert result.kinds() == [
        (3, "no_code"),
        (4, "code_characters"),
        (5, "no_identity"),
        (7, "not_a_firm"),
        (8, "not_a_firm"),
        (9, "repeated_code"),
    ]
    refused = {problem.row for problem in result.problems if problem.refuses_row}
    assert refused == {4, 5, 7, 8, 9}
    assert (result.table.kept_rows, result.table.refused_rows) == (3, 5)
    assert "第 2 行" in result.problems[-1].message


@pytest.mark.parametrize("column", ["统一社会信用代码", "企业名称"])
@pytest.mark.parametrize(
    "words", ["合计", "合　计：", "总  计", "小计", "注：以上为年报数", "填报人：张三", "电话:0977"]
)
def test_lines_around_a_table_are_no_firms(csv, read, column, words):
    header = ("统一社会信用代码", "企业名称", "从业人员")
    line = (words, "", 9) if column == header[0] else ("", words, 9)
    result = read(csv(header, (credit_code(1), "甲", 1), line, (credit_code(2), "小计算公司", 2)))
    assert result.column("row") == [2, 4]
    assert result.kinds() == [(3, "not_a_firm")]
    assert result.problems[0].value == words


@pytest.mark.parametrize("words", ["无", "没有", "暂无", "-"])
def test_a_firm_that_has_no_code_says_so(csv, read, words):
    result = read(csv(("统一社会信用代码", "企业名称"), (words, "甲")))
    assert result.column("credit_code") == [None]
    assert result.kinds() == [(2, "no_code")]


def test_dates_after_the_day_are_asked_about(csv, read):
    rows = [("企业名称", "成立日期"), ("甲", "2026-01-02"), ("乙", "2026-01-01"), ("丙", "去年")]
    result = read(csv(*rows), on=date(2026, 1, 1))
    assert result.kinds() == [(None, "no_code_column"), (2, "future_date"), (4, "not_a_date")]
    assert result.problems[1].severity == "warning"
    assert result.column("established_on")[0] == to_days(date(2026, 1, 2))
    assert (2, "future_date") not in read(csv(*rows)).kinds()


def test_a_wrong_check_digit_names_the_right_one(csv, read):
    right = credit_code(1)
    wrong = right[:-1] + ("0" if right[-1] != "0" else "1")
    result = read(csv(("信用代码", "从业人员"), (wrong, 5)))
    assert result.rows == []
    (problem,) = result.problems
    assert f"应为 {right[-1]}" in problem.message
    assert problem.refuses_row
    assert problem.value == wrong


def test_a_problem_says_where_what_and_what_to_do(tmp_path, read):
    rows = [["惠企表"], ["税号", "企业名称", "营业收入（万元）"], [credit_code(1), "甲", "三百"]]
    result = read(write_xlsx(tmp_path / "表.xlsx", {"第一页": rows}))
    (problem,) = result.problems
    assert (problem.file, problem.sheet, problem.row) == ("表.xlsx", "第一页", 3)
    assert (problem.column, problem.column_letter) == ("营业收入(万元)", "C")
    assert (problem.field, problem.value, problem.severity) == ("营业收入", "三百", "error")
    assert problem.message == "营业收入应填数字"
    assert "300万元" in problem.advice
    assert not problem.refuses_row
    assert result.rows[0]["revenue"] is None


def test_repeats_are_found_across_chunks(csv, read):
    rows = [(credit_code(number % 50),) for number in range(120)]
    result = read(csv(("信用代码",), *rows), chunk_rows=7)
    assert result.column("row") == list(range(2, 52))
    assert result.table.problem_counts["repeated_code", "信用代码"] == 70
    assert "第 2 行" in next(p.message for p in result.problems if p.row == 102)


def test_problems_are_kept_up_to_a_number_and_counted_beyond(csv, read):
    rows = [(f"企业{n}", "错", "也许") for n in range(500)]
    result = read(
        csv(("企业名称", "从业人员", "失信被执行人"), *rows), keep_problems=20, chunk_rows=64
    )
    counts = result.table.problem_counts
    assert counts["not_a_number", "从业人员"] == counts["not_a_flag", "失信被执行人"] == 500
    assert len(result.problems) == 2 * 20 + 1
    assert result.table.problem_count == 1001
    assert [p.row for p in result.problems if p.kind == "not_a_flag"] == list(range(2, 22))


def test_problems_are_in_the_order_of_the_rows(csv, read):
    rows = [(f"企业{n}", "错", "也许") for n in range(5)]
    result = read(csv(("企业名称", "从业人员", "失信被执行人"), *rows))
    places = [(p.row, p.column_letter) for p in result.problems if p.row]
    assert places == sorted(places)
    assert len(places) == 10


def test_a_table_may_be_read_again(csv, read):
    result = read(csv(("企业名称", "从业人员"), ("甲", "错"), ("乙", 2)))
    before = list(result.problems)
    again = [row for chunk in result.table.chunks() for row in chunk.iter_rows(named=True)]
    assert again == result.rows
    assert result.table.problems == before


def test_columns_that_were_not_used_are_named(csv, read):
    header = ("企业名称", "营业收入（上年）", "备注", "备注", "研发费用占比", "营业收人", "")
    result = read(csv(header, ("甲", 1, 2, 3, 4, 5, 6)))
    assert set(result.rows[0]) == {"row", "name"}
    assert list(result.table.ignored_columns) == [
        *("营业收入(上年)", "备注", "备注（D 列）", "研发费用占比", "营业收人")
    ]
    assert result.kinds() == [
        (None, "column_not_read"),
        (None, "no_code_column"),
        (None, "no_header"),
    ]


def test_where_the_table_came_from(csv, read):
    path = csv(("企业名称",), ("甲",))
    source = read(path).table.source
    assert (source.name, source.format, source.sheet) == ("企业.csv", "csv", "")
    assert source.sha256 == sha256(path.read_bytes()).hexdigest()
    assert source.size == path.stat().st_size
    assert abs((datetime.now(UTC) - source.modified).total_seconds()) < 60


def test_only_a_header(csv, read):
    result = read(csv(("企业名称", "从业人员")))
    assert (result.rows, result.kinds()) == ([], [(None, "no_code_column")])


def test_a_file_without_code_and_name_is_refused(csv, read):
    with pytest.raises(Unreadable, match="没有找到表头"):
        read(csv(("从业人员", "营业收入"), (1, 2)))


def test_the_recognised_columns(csv, read):
    table = read(csv(("企业名称", "营业收入/亿元"), ("甲", 1))).table
    column = table.columns["revenue"]
    assert (column.header, column.letter, column.unit) == ("营业收入/亿元", "B", "亿元")
    assert list(table.columns) == ["name", "revenue"]
