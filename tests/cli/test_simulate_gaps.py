"""``huiqi simulate`` and ``huiqi gaps``: whom a policy reaches, and who is near."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from huiqi.commands.gaps import Gaps
from huiqi.rules.matching import Matcher
from tests.cli.firms import FIRMS, HEADER, workbook
from tests.cli.running import EXAMPLES, ON, as_json, output
from tests.rules.policies import ON as DAY
from tests.rules.policies import PLACE, policy, policy_text


def test_simulate(firms: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    amount = {"text": "每人一百元", "amount": "从业人员 * 100元/人"}
    new, old = tmp_path / "new.yaml", tmp_path / "old.yaml"
    new.write_text(policy_text("从业人员 >= 15人", benefit=amount), encoding="utf-8")
    old.write_text(
        policy_text("从业人员 >= 20人", benefit={**amount, "cap": "1万元"}), encoding="utf-8"
    )
    arguments = ["simulate", str(new), str(firms), *ON]
    found = as_json(capsys, *arguments, "--against", str(old))
    total = found["groups"][0]
    assert (total["dimension"], total["eligible"], total["undetermined"]) == ("总计", 3, 1)
    assert total["amount"] == (320 + 15 + 80) * 10_000
    counties = {g["group"]: g["eligible"] for g in found["groups"] if g["dimension"] == "县"}
    assert counties == {"格尔木市": 2, "德令哈市": 0, "乌兰县": 1}
    sizes = {g["group"]: g["eligible"] for g in found["groups"] if g["dimension"] == "规模"}
    assert sizes["中型"] == 1
    change = found["changes"][0]
    assert (change["newly_eligible"], change["gain_firms"], change["lose_firms"]) == (1, 2, 0)
    assert change["gain"] == (15 * 10_000) + (320 * 10_000 - 1_000_000)
    assert [row["difference"] for row in found["largest"]] == [2_200_000, 150_000]
    assert "格尔木市" in output(capsys, *arguments)


def test_an_unknown_amount_is_neither_gain_nor_loss(
    firms: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    benefit = {"text": "每人一百元", "amount": "从业人员 * 100元/人"}
    texts = {
        "paid": policy_text("从业人员 >= 1人", benefit=benefit),
        "open": policy_text("从业人员 >= 1人", benefit={**benefit, "cap": "出口额"}),
        "free": policy_text("从业人员 >= 1人"),
    }
    for name, text in texts.items():
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")

    def simulated(new: str, old: str) -> Any:
        files = [str(tmp_path / f"{new}.yaml"), str(firms), "--against"]
        return as_json(capsys, "simulate", *files, str(tmp_path / f"{old}.yaml"), *ON)

    found = simulated("open", "paid")
    change, total = found["changes"][0], found["groups"][0]
    assert total["amount_unknown"] == total["eligible"] > 0
    assert (change["lose_firms"], change["lose"]) == (0, 0)
    assert change["unsure_firms"] == total["eligible"] + total["undetermined"]
    # A policy without money leaves no amount open.
    found = simulated("free", "paid")
    assert found["groups"][0]["amount_unknown"] == 0
    assert found["changes"][0]["lose_firms"] == total["eligible"]


def test_money_has_one_form_in_a_column(capsys: pytest.CaptureFixture[str]) -> None:
    policy = "jurisdictions/CN/policies/cit_small_low_profit.yaml"
    rule = str(EXAMPLES.parents[1] / policy)
    shown = output(capsys, "simulate", rule, str(EXAMPLES), "--against", rule, *ON)
    assert "万元" not in shown
    head, _, *rows = shown.splitlines()[1:]
    assert "金额（元）" in head
    money = [row.split()[-2] for row in rows[: rows.index("")]]
    assert len(money) > 5
    assert [cell for cell in money if not re.fullmatch(r"[\d,]+\.\d\d", cell)] == []


def test_gaps(capsys: pytest.CaptureFixture[str]) -> None:
    found = as_json(capsys, "gaps", str(EXAMPLES), *ON)
    steps = found["one_step"]
    assert found["one_steps_found"] == len(steps) > 0
    assert all(row["step"] and row["policy"] and row["credit_code"] for row in steps)
    ranking = [(row["settles"], row["open"]) for row in found["missing"]]
    assert ranking == sorted(ranking, reverse=True)
    assert ranking[0][0] > 0
    assert found["missing"][0]["question"]
    shown = output(capsys, "gaps", str(EXAMPLES), *ON)
    assert steps[0]["step"] in shown
    assert found["missing"][0]["fact"] in shown


def test_gaps_puts_the_smallest_step_first(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    header = [*HEADER, "增值税纳税人类型", "纳税期限", "季度销售额(元)"]
    taxpayer = ["小规模纳税人", "按季"]
    rows = [[*FIRMS[0], *taxpayer, 320_000], [*FIRMS[1], *taxpayer, 300_100]]
    source = workbook(tmp_path / "企业.xlsx", rows, header)
    found = as_json(capsys, "gaps", str(source), *ON)["one_step"]
    vat = [row for row in found if row["policy"] == "vat_small_scale_exempt"]
    assert [row["name"] for row in vat] == ["示例化工二号", "示例化工一号"]
    assert vat[0]["step"] == "季度销售额超出 100.01元"


def test_an_answer_that_a_zero_denominator_keeps_open_is_not_counted_as_settled() -> None:
    rule = policy("研发费用 / 营业收入 >= 3%", "非 失信被执行人")
    gaps = Gaps(Matcher.of(PLACE, DAY, [rule]))
    flag = pl.Series([None, None], dtype=pl.Int64)
    facts = {"research_spend": [0, 500], "revenue": [0, 10_000], "court_defaulter": flag}
    gaps.add(pl.DataFrame(facts))
    assert gaps.ranking() == [("court_defaulter", 1, 2)]
