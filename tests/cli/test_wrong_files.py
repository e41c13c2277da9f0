"""What explain, replay and classify say of files and days they cannot use."""

from __future__ import annotations

import errno
import json
from pathlib import Path
from typing import Any

import pytest

from huiqi.cli import main
from huiqi.commands import gaps
from huiqi.rules.record import content_hash
from tests.cli.firms import FIRMS, workbook

ON = ["--on", "2026-11-24"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("[1]", "应是一个对象"),
        ('{"从业人员": 20,}', "第 1 行"),
        ('{"从业者": 20}', "没有“从业者”这个事实"),
        ('{"从业人员": "20元"}', "从业人员应是人数"),
        ('{"从业人员": 20.5}', "从业人员应为整数"),
        ('{"企业规模": "小型"}', "由系统推算"),
        ('{"从业人员": {"amount": 20}}', "“从业人员”应写作"),
        ('{"从业人员": 3, "从业人员": 300}', "“从业人员”写了两次"),
        ('{"营业收入": NaN}', "营业收入应填数字"),
        ('{"营业收入": 1e999999999}', "却是 1E+999999999"),
        (f'{{"营业收入": {"9" * 6000}}}', "太长"),
        ("[" * 100_000, "太深"),
        ('{"\\ud800": 3}', "没有“"),
    ],
)
def test_a_wrong_firm_file_says_what_would_be_right(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str, message: str
) -> None:
    firm = tmp_path / "firm.json"
    firm.write_text(content, encoding="utf-8")
    assert main(["explain", "cit_small_low_profit", "--firm", str(firm), *ON]) == 2
    assert message in capsys.readouterr().err


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"on": "x"}, "记录缺少或写错：on"),
        ({"rule": 5}, "记录缺少或写错：rule"),
        ({"origins": {"revenue": {}}}, "origins.revenue.on、origins.revenue.source"),
        ({"answer": None}, "记录缺少或写错：answer"),
        ({"facts": {"x": "1"}, "facts_hash": content_hash({"x": "1"})}, "没有“x”这个事实"),
    ],
)
def test_a_record_that_is_not_whole_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], change: dict[str, Any], message: str
) -> None:
    firm, recorded = tmp_path / "firm.json", tmp_path / "record.json"
    firm.write_text("{}", encoding="utf-8")
    explain = ["explain", "cit_small_low_profit", "--firm", str(firm), *ON, "--record"]
    assert main([*explain, str(recorded)]) == 0
    whole = json.loads(recorded.read_text(encoding="utf-8"))
    recorded.write_text(json.dumps({**whole, **change}), encoding="utf-8")
    assert main(["replay", str(recorded)]) == 2
    assert message in capsys.readouterr().err
    assert main([*explain, str(tmp_path / "no" / "record.json")]) == 2
    assert "写不进去" in capsys.readouterr().err


def test_a_day_before_any_size_standard(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    firms = workbook(tmp_path / "企业.xlsx", FIRMS)
    out = str(tmp_path / "out.csv")
    assert main(["classify", str(firms), "--out", out, "--on", "1990-01-01"]) == 2
    assert "1990-01-01 没有施行的企业划型标准" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("number", "said"), [(errno.ENOSPC, "磁盘满了"), (errno.EACCES, "没有权限"), (9999, "9999")]
)
def test_what_the_system_refuses_is_said_in_chinese(
    number: int, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(number, "No way to do this", "企业.xlsx")

    monkeypatch.setattr(gaps, "run", refuse)
    assert main(["gaps", "企业.xlsx"]) == 2
    error = capsys.readouterr().err
    assert said in error
    assert "企业.xlsx" in error
    assert "No way" not in error
