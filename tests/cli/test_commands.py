"""The commands as a user runs them: files in, files and exit codes out."""

from __future__ import annotations

import json
import re
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from huiqi.cli import COMMANDS, main
from huiqi.commands.explain import read_firm
from huiqi.paths import jurisdictions
from huiqi.rules.determination import Explainer
from huiqi.rules.jurisdiction import load_jurisdiction
from tests.cli.firms import FIRMS, sheets, workbook
from tests.cli.running import ON, as_json, output
from tests.rules.policies import policy_text

# --- help and usage ----------------------------------------------------------------------------


@pytest.mark.parametrize("name", [command.NAME for command in COMMANDS])
def test_help_is_in_chinese(capsys: pytest.CaptureFixture[str], name: str) -> None:
    text = output(capsys, name, "--help")
    assert "用法：" in text
    for english in ("usage", "options:", "positional arguments", "show this help"):
        assert english not in text


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "缺少"),
        (["fly"], "没有这个选择"),
        (["classify", "a.xlsx"], "缺少: --out"),
        (["classify", "a.xlsx", "--out", "b.xlsx", "--on", "昨天"], "应写作 2026-01-31"),
        (["classify", "没有.xlsx", "--out", "b.xlsx"], "没有 没有.xlsx 这个文件"),
        (["explain", "cit_small_low_profit", "--firm", "没有.json"], "没有 没有.json 这个文件"),
        (["check", "没有"], "没有 没有 这个文件"),
        (["check", "--jurisdiction", "XX", __file__], "没有法域“XX”"),
    ],
)
def test_wrong_usage_is_exit_code_2(
    capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    code = main(arguments)
    shown = capsys.readouterr()
    assert message in shown.err + shown.out
    assert code in (1, 2)
    assert (code == 1) == ("XX" in arguments)


# --- classify ----------------------------------------------------------------------------------


def test_classify(firms: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "划型.xlsx"
    answer = as_json(capsys, "classify", str(firms), "--out", str(out), *ON)
    assert answer["counts"]["中型"] == 1
    rows = sheets(out)["划型"]
    assert list(rows[0]) == [
        "统一社会信用代码",
        "企业名称",
        "行业代码",
        "划型行业",
        "规模",
        "依据",
        "说明",
    ]
    assert [row["规模"] for row in rows] == ["中型", "微型", "待定", "不适用", "待定"]
    assert [row["划型行业"] for row in rows][:3] == ["工业", "工业", "零售业"]
    assert rows[0]["行业代码"] == "C2613"
    assert "国统字〔2017〕213号" in rows[0]["依据"]
    assert "营业收入" in rows[2]["说明"]


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_classify_to_flat_files(
    firms: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], suffix: str
) -> None:
    out = tmp_path / f"划型{suffix}"
    output(capsys, "classify", str(firms), "--out", str(out), *ON)
    frame = pl.read_csv(out) if suffix == ".csv" else pl.read_parquet(out)
    assert frame["规模"].to_list() == ["中型", "微型", "待定", "不适用", "待定"]


def test_the_input_is_never_overwritten(firms: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = firms.read_bytes()
    assert main(["classify", str(firms), "--out", str(firms)]) == 2
    assert "结果不能写在输入文件上" in capsys.readouterr().err
    assert firms.read_bytes() == before


# --- match -------------------------------------------------------------------------------------

MATCH_COLUMNS = [
    "统一社会信用代码",
    "企业名称",
    "政策",
    "政策名称",
    "结果",
    "金额",
    "未满足",
    "缺少信息",
    "差一步",
    "依据",
]


def own_policies(folder: Path) -> Path:
    folder.mkdir()
    text = policy_text(
        "从业人员 >= 20人",
        "登记地 位于 本州",
        policy="own_award",
        title="自拟奖励",
        benefit={"text": "每人一百元", "amount": "从业人员 * 100.5元/人"},
    )
    (folder / "own.yaml").write_text(text, encoding="utf-8")
    return folder


def test_match(firms: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "结果.xlsx"
    folder = own_policies(tmp_path / "政策")
    arguments = ["match", str(firms), "--out", str(out), "--policies", str(folder), *ON]
    answer = as_json(capsys, *arguments)
    book = sheets(out)
    assert list(book) == ["匹配结果", "划型", "按企业汇总", "按政策汇总", "填报问题"]
    rows = book["匹配结果"]
    assert list(rows[0]) == MATCH_COLUMNS
    assert len(rows) == len(FIRMS) * len(answer["policies"])
    own = [row for row in rows if row["政策"] == "own_award"]
    assert [row["结果"] for row in own] == ["符合", "不符合", "不符合", "符合", "待定"]
    assert [row["金额"] for row in own] == [32160, None, None, 8040, None]
    assert [row["未满足"] for row in own][1] == "条件1"
    assert [row["差一步"] for row in own][1:3] == ["从业人员还差 8人", "从业人员还差 5人"]
    assert own[4]["缺少信息"] == "从业人员"
    assert "（示例）" in own[0]["依据"]
    totals = {row["policy"]: row for row in answer["policies"]}["own_award"]
    assert (totals["eligible"], totals["ineligible"], totals["undetermined"]) == (2, 2, 1)
    assert (totals["near"], totals["amount"]) == (2, 4_020_000)


def test_match_says_what_explain_says(
    firms: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "结果.csv"
    output(capsys, "match", str(firms), "--out", str(out), *ON)
    frame = pl.read_csv(out, infer_schema_length=0)
    facts = {"行业": "C2613", "登记地": "格尔木市", "从业人员": 320, "营业收入": "2500万元"}
    firm = tmp_path / "firm.json"
    firm.write_text(
        json.dumps({**facts, "资产总额": "8000万元", "主体类型": "企业"}, ensure_ascii=False),
        encoding="utf-8",
    )
    jurisdiction, on = load_jurisdiction(jurisdictions(), "CN-6328"), date(2026, 11, 24)
    explainer = Explainer(jurisdiction, on, tuple(jurisdiction.in_force(on)))
    explained = explainer.explain(read_firm(firm, jurisdiction.vocabulary))
    rows = frame.filter(pl.col("企业名称") == "示例化工一号").to_dicts()
    assert [row["政策"] for row in rows] == [found.policy.key for found in explained]
    words = {"eligible": "符合", "ineligible": "不符合", "undetermined": "待定"}
    for row, found in zip(rows, explained, strict=True):
        answer = found.as_json()
        assert words[answer["status"]] == row["结果"], row["政策"]
        unmet = [c["text"] for c in answer["criteria"] if c["result"] is False]
        assert "；".join(unmet) == (row["未满足"] or "")
        assert set(answer["missing"]) == set(filter(None, (row["缺少信息"] or "").split("；")))
        step = answer["one_step"]["text"] if answer["one_step"] else ""
        assert step == (row["差一步"] or "")
        fen = None if row["金额"] is None else round(Decimal(row["金额"]) * 100)
        assert fen == answer["amount"]


def test_wrong_rows_are_reported_not_lost(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [*FIRMS, ["91632801MA000000XX", "示例错码", "C2613", "格尔木市", 3, 1, 1]]
    rows.append([FIRMS[0][0], "示例重复", "C2613", "格尔木市", 3, 1, 1])
    rows[1] = [*rows[1][:4], "十二", *rows[1][5:]]
    source = workbook(tmp_path / "企业.xlsx", rows)
    out = tmp_path / "结果.xlsx"
    answer = as_json(capsys, "match", str(source), "--out", str(out), *ON)
    assert answer["firms"] == len(FIRMS)
    problems = sheets(out)["填报问题"]
    assert {(row["行"], row["处理"]) for row in problems} >= {
        (7, "整行未采用"),
        (8, "整行未采用"),
        (3, "该项按未知"),
    }


def test_problems_of_a_flat_result_stand_beside_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [[*FIRMS[1][:4], "十二", *FIRMS[1][5:]], FIRMS[0]]
    source, out = workbook(tmp_path / "企业.xlsx", rows), tmp_path / "结果.csv"
    beside = tmp_path / "结果.csv.填报问题.csv"
    for command in ("classify", "match"):
        answer = as_json(capsys, command, str(source), "--out", str(out), *ON)
        assert answer["problems"] == 1
        problems = pl.read_csv(beside)
        assert problems.select("行", "列", "处理").rows() == [(2, "从业人员", "该项按未知")]
    workbook(source, [FIRMS[0]])
    output(capsys, "classify", str(source), "--out", str(out), *ON)
    assert not beside.exists()


def test_a_table_without_firms_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = workbook(tmp_path / "企业.xlsx", [])
    assert main(["match", str(source), "--out", str(tmp_path / "结果.xlsx"), *ON]) == 2
    assert "没有企业" in capsys.readouterr().err
    assert not (tmp_path / "结果.xlsx").exists()


# --- explain, replay ---------------------------------------------------------------------------


def test_explain_and_replay(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    firm, recorded = tmp_path / "firm.json", tmp_path / "record.json"
    facts = {
        "应纳税所得额": {"value": 1_000_000, "source": "税务", "date": "2026-05-31"},
        "employees_quarterly_average": 20,
        "资产总额季度平均": 5_000_000.50,
    }
    firm.write_text(json.dumps(facts, ensure_ascii=False), encoding="utf-8")
    arguments = ["explain", "cit_small_low_profit", "--firm", str(firm), *ON]
    found = as_json(capsys, *arguments, "--record", str(recorded))
    assert set(found) >= {
        "policy",
        "status",
        "amount",
        "criteria",
        "missing",
        "next_question",
        "one_step",
        "trace",
    }
    assert found["status"] == "undetermined"
    assert set(found["criteria"][0]) >= {"key", "text", "article", "result"}
    used = {fact["fact"]: fact for fact in found["facts"]}
    assert used["应纳税所得额"]["source"] == "税务"
    assert used["应纳税所得额"]["date"] == "2026-05-31"
    text = output(capsys, *arguments)
    assert "小型微利企业所得税优惠：待定" in text
    assert "缺少：" in text

    assert as_json(capsys, "replay", str(recorded))["same"] is True
    content = json.loads(recorded.read_text(encoding="utf-8"))
    content["answer"]["status"] = "eligible"
    recorded.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    assert "与记录不一致" in output(capsys, "replay", str(recorded), code=1)
    content["facts"]["taxable_income"] = "1"
    recorded.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    assert main(["replay", str(recorded)]) == 2
    assert "记录被改动过" in capsys.readouterr().err


def test_a_policy_out_of_force_says_when_it_was(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    firm = tmp_path / "firm.json"
    firm.write_text("{}", encoding="utf-8")
    assert main(["explain", "ui_rate_1pct", "--firm", str(firm), *ON]) == 2
    assert "2024-01-01 至 2025-12-31" in capsys.readouterr().err
    assert main(["explain", "ui_rate", "--firm", str(firm), *ON]) == 2
    assert "是不是“ui_rate_1pct”" in capsys.readouterr().err


def test_explain_calls_no_firm_hopeless_of_which_facts_are_unknown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    firm, arguments = tmp_path / "firm.json", ["explain", "cit_small_low_profit", "--firm"]
    facts: dict[str, Any] = {"居民企业": True, "从事国家限制禁止行业": False}
    facts |= {"应纳税所得额": 3_000_000, "从业人数季度平均": 305, "资产总额季度平均": 60_000_000}
    firm.write_text(json.dumps(facts, ensure_ascii=False), encoding="utf-8")
    assert "只改变一项，在合理的幅度内还不够" in output(capsys, *arguments, str(firm), *ON)
    del facts["资产总额季度平均"]
    firm.write_text(json.dumps(facts, ensure_ascii=False), encoding="utf-8")
    assert "只改变一项，在合理的幅度内还不够" not in output(capsys, *arguments, str(firm), *ON)


# --- check -------------------------------------------------------------------------------------


def test_check_prints_file_line_message(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "award.yaml"
    path.write_text(policy_text("从业人员 >= 20"), encoding="utf-8")
    text = output(capsys, "check", str(path), code=1)
    line = path.read_text(encoding="utf-8").splitlines().index("  if: 从业人员 >= 20") + 1
    assert text.startswith(f"{path}:{line}: “20”缺少单位，是不是 20人？")
    path.write_text(policy_text("从业人员 >= 20人"), encoding="utf-8")
    assert "没有问题" in output(capsys, "check", str(path))


def test_check_runs_examples(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "award.yaml"
    wrong = {
        "name": "错例",
        "on": "2026-01-01",
        "facts": {"从业人员": "20人"},
        "expect": {"status": "ineligible"},
    }
    path.write_text(policy_text("从业人员 >= 20人", examples=[wrong] * 4), encoding="utf-8")
    text = output(capsys, "check", str(path), code=1)
    assert "例“错例”：应为 ineligible，算得 eligible" in text


def test_check_of_one_place(capsys: pytest.CaptureFixture[str]) -> None:
    assert "检查了 demo：没有问题" in output(capsys, "check", "--jurisdiction", "demo")
    shown = output(capsys, "check", "--jurisdiction", "nowhere", code=1)
    assert "没有法域“nowhere”" in shown
    assert "demo" in shown


def test_check_of_a_day(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one = ["check", "--jurisdiction", "CN", "--on"]
    shown = output(capsys, *one, "2026-11-24")
    assert "2026-11-24 有 " in shown
    assert "暂定" not in shown
    assert "节假日表里没有 2027 年" in output(capsys, *one, "2027-03-01")
    shown = output(capsys, *one, "2010-01-01", code=1)
    assert re.search(r"CN/size/2011\.yaml:\d+: 2010-01-01 没有施行的企业划型标准", shown)
    value = {"from": "2021-01-01", "value": "20人", "source": "测试", "confidence": "low"}
    series = {"下限": {"unit": "人", "values": [value]}}
    path = tmp_path / "award.yaml"
    valid = {"from": "2021-01-01", "to": None}
    path.write_text(
        policy_text("从业人员 >= 下限", parameters=series, valid=valid), encoding="utf-8"
    )
    assert "2020-01-01 有 0 项政策" in output(capsys, "check", str(path), "--on", "2020-01-01")
    assert as_json(capsys, "check", str(path), "--on", "2027-01-01") == []


def test_replay_under_another_day_or_place(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    firm, recorded = tmp_path / "firm.json", tmp_path / "record.json"
    firm.write_text('{"应纳税所得额": 4000000}', encoding="utf-8")
    explain = ["explain", "cit_small_low_profit", "--firm", str(firm), *ON]
    output(capsys, *explain, "--record", str(recorded))
    replay = ["replay", str(recorded)]
    assert "如果" not in output(capsys, *replay)
    assert "如果" not in output(capsys, *replay, *ON, "--jurisdiction", "CN-6328")
    shown = output(capsys, *replay, "--jurisdiction", "demo")
    assert "记录：法域 CN-6328，按 2026-11-24 的规则" in shown
    assert "如果改按法域 demo、2026-11-24 的规则：与记录相同" in shown
    shown = output(capsys, *replay, "--on", "1990-01-01", code=1)
    assert "重算与记录一致" in shown
    assert "与记录不同" in shown
    assert "1990-01-01 不在有效期内" in shown
    found = as_json(capsys, *replay, "--on", "2026-11-25")
    assert found["record"] == {"jurisdiction": "CN-6328", "on": "2026-11-24"}
    assert found["what_if"]["same"] is True
    assert found["what_if"]["answer"]["on"] == "2026-11-25"
