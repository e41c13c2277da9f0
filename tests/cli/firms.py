"""Input files for tests of the commands, and what the commands wrote."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl

HEADER = [
    "统一社会信用代码",
    "企业名称",
    "行业",
    "登记地",
    "从业人员",
    "营业收入(万元)",
    "资产总额(万元)",
]
FIRMS: list[list[Any]] = [
    ["91632801MA000000XM", "示例化工一号", "C2613", "格尔木市", 320, "2,500", 8000],
    ["91632802MA000001X5", "示例化工二号", "C2613", "德令哈市", 12, 150, 400],
    ["91632821MA000002XN", "示例商店", "F5211", "乌兰县", 15, None, 60],
    ["91632801MA000003XQ", "示例学校", "P8310", "格尔木市", 80, 900, 100],
    ["91632801MA000004XR", "示例软件", "I6511", "格尔木市", None, None, None],
]


def workbook(path: Path, rows: list[list[Any]], header: list[str] | None = None) -> Path:
    """A real .xlsx with a header and rows."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(header or HEADER)
    for row in rows:
        sheet.append(row)
    book.save(path)
    return path


def sheets(path: Path) -> dict[str, list[dict[str, Any]]]:
    """Every sheet of a result workbook as rows by column name."""
    book = openpyxl.load_workbook(path)
    found = {}
    for sheet in book.worksheets:
        header, *rows = sheet.iter_rows(values_only=True)
        found[sheet.title] = [dict(zip(header, row, strict=True)) for row in rows]
    return found
