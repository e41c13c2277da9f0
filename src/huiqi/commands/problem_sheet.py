"""The sheet 填报问题: what was wrong in the input, row by row, and what to do."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from huiqi.tables import Column, EnterpriseTable, TableWriter, open_writer

SHEET = "填报问题"
COLUMNS = [
    Column("行", "integer", 8),
    Column("列", "text", 20),
    Column("事实", "text", 18),
    Column("原值", "text", 24),
    Column("处理", "text", 14),
    Column("问题", "long_text", 50),
    Column("怎么改", "long_text", 50),
]


def write_problems(writer: TableWriter, table: EnterpriseTable, out: Path) -> None:
    """Write the sheet; beside a file that holds one table, ``OUT.填报问题.csv`` where needed."""
    if writer.many_sheets:
        writer.sheet(SHEET, COLUMNS).write(_rows(table))
        return
    beside = out.with_name(f"{out.name}.{SHEET}.csv")
    if table.problem_count == 0:
        beside.unlink(missing_ok=True)  # of an earlier run
        return
    with open_writer(beside) as own:
        own.sheet(SHEET, COLUMNS).write(_rows(table))


def _rows(table: EnterpriseTable) -> pl.DataFrame:
    rows = [
        (
            problem.row,
            problem.column,
            problem.field,
            problem.value,
            "整行未采用" if problem.refuses_row else _treatment(problem.severity),
            problem.message,
            problem.advice,
        )
        for problem in table.problems
    ]
    left_out = table.problem_count - len(rows)
    if left_out:
        rows.append(
            (None, "", "", "", "", f"另有 {left_out} 处同类问题没有列出", "先改正以上问题再试")
        )
    names = [column.name for column in COLUMNS]
    schema = dict.fromkeys(names, pl.String) | {names[0]: pl.Int64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _treatment(severity: str) -> str:
    return "该项按未知" if severity == "error" else "已采用，请核对"
