"""Records of determinations: the same answer again, whatever has become of the definitions."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from huiqi.rules.determination import Explainer, Firm
from huiqi.rules.errors import NotInForce
from huiqi.rules.jurisdiction import Jurisdiction, load_jurisdiction
from huiqi.rules.policy import load_policy
from huiqi.rules.record import canonical, record
from huiqi.rules.replay import BadRecord, Replayed, read_record, replay, what_if
from huiqi.rules.values import read_facts
from huiqi.rules.vocabulary import FactModel
from tests.rules.policies import ON, PLACE, ROOT, determine, policy

RULE = policy(
    "从业人员 >= 20人",
    "研发费用 / 营业收入 >= 3%",
    "非 失信被执行人",
    define={"奖励额": "研发费用 * 10%"},
    benefit={"text": "奖励研发费用的10%", "amount": "奖励额", "cap": "50万元"},
)
FIRM = {"从业人员": 20, "研发费用": 600_000, "营业收入": 20_000_000, "失信被执行人": "否"}


def again(recorded: dict[str, Any], place: Jurisdiction = PLACE) -> Replayed:
    return replay(read_record(recorded), place)


def test_replay_gives_the_same_answer_and_notices_tampering() -> None:
    recorded = json.loads(json.dumps(record(determine(RULE, **FIRM)), ensure_ascii=False))
    assert recorded["rule"]["hash"] == RULE.hash
    found = again(recorded)
    assert (found.differences, found.changed_files, found.changed_definitions) == ([], [], [])
    assert found.answer == recorded["answer"]

    other = json.loads(json.dumps(recorded))
    other["answer"]["amount"] += 1
    assert any(line.startswith("amount：") for line in again(other).differences)
    other = json.loads(json.dumps(recorded))
    other["facts"]["employees"] = "30"
    with pytest.raises(BadRecord, match="事实与其哈希不符"):
        again(other)
    other = json.loads(json.dumps(recorded))
    other["rule"]["text"] += "\n"
    with pytest.raises(BadRecord, match="规则原文与其哈希不符"):
        again(other)
    other = json.loads(json.dumps(recorded))
    other["definitions"]["facts"][0]["topic"] = "别的"
    with pytest.raises(BadRecord, match="所用定义与其哈希不符"):
        again(other)


def copied(folder: Path) -> Path:
    """The shipped jurisdictions, to be changed."""
    for name in ("CN", "CN-63", "CN-6328"):
        shutil.copytree(ROOT / name, folder / name)
    return folder


def rewrite(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_a_record_outlives_changes_of_what_it_used(tmp_path: Path) -> None:
    rule = policy(
        "企业规模 属于 [小型, 微型]",
        "登记地 位于 本州",
        "营业收入 >= 300万元",
        benefit={"text": "贴息", "amount": "营业收入 * 一年期LPR"},
    )
    facts = {"行业": "C2613", "主体类型": "企业", "从业人员": 30, "登记地": "格尔木市"}
    answers = [
        determine(rule, **facts, 营业收入=revenue) for revenue in (5_000_000, 2_900_000, None)
    ]
    recorded = [json.loads(json.dumps(record(answer))) for answer in answers]
    root = copied(tmp_path)
    rewrite(root / "CN" / "parameters" / "lpr.yaml", "value: 3", "value: 4")
    rewrite(root / "CN" / "vocabulary" / "finance.yaml", "上一年度全年营业收入是", "去年收入是")
    rewrite(root / "CN" / "texts" / "determination.yaml", "还差 {amount}", "少了 {amount}")
    rewrite(root / "CN-6328" / "profile.yaml", '本州: "632800"', '本州: "630000"')
    place = load_jurisdiction(root, "CN-6328")
    found = [again(content, place) for content in recorded]
    for content, replayed in zip(recorded, found, strict=True):
        assert canonical(replayed.answer) == canonical(content["answer"])
        assert replayed.differences == []
        assert {"CN/parameters/lpr.yaml", "CN/texts/determination.yaml"} <= set(
            replayed.changed_files
        )
    assert "参数“一年期LPR”" in found[0].changed_definitions
    assert "地区“本州”" in found[0].changed_definitions
    assert "文字“short_of”" in found[1].changed_definitions
    assert "事实“营业收入”" in found[2].changed_definitions
    # The present definitions answer differently: it is what was kept that counts.
    now = load_policy(rule.document, place.vocabulary, place.parameters)
    firm = Firm(read_facts({**facts, "营业收入": 5_000_000}, place.vocabulary))
    amount = Explainer(place, ON, (now,)).explain(firm)[0].amount
    assert amount != recorded[0]["answer"]["amount"]


def test_a_record_keeps_what_was_used_and_no_more() -> None:
    recorded = record(determine(RULE, **FIRM, 登记地="格尔木市"))
    kept = recorded["definitions"]
    names = {item["fact"]["name"] for item in kept["facts"]}
    assert names == set(FIRM)
    assert set(recorded["facts"]) == {PLACE.vocabulary.find(name).key for name in FIRM}
    assert (kept["parameters"], kept["size_standards"], kept["holidays"]) == ({}, [], [])
    assert len(canonical(kept)) < 8_000


def test_working_days_are_replayed_with_the_holidays_of_then(tmp_path: Path) -> None:
    on, rule = date(2026, 10, 12), policy("成立日期 距今 满 5个工作日")
    recorded = json.loads(json.dumps(record(determine(rule, on=on, 成立日期="2026-09-30"))))
    root = copied(tmp_path)
    holidays = root / "CN" / "calendar" / "holidays.csv"
    rows = holidays.read_text(encoding="utf-8").splitlines(keepends=True)
    left = "".join(row for row in rows if "2026-10" not in row)
    holidays.write_text(left, encoding="utf-8")
    place = load_jurisdiction(root, "CN-6328")
    found = again(recorded, place)
    assert canonical(found.answer) == canonical(recorded["answer"])
    assert found.changed_definitions == ["节假日表"]
    now = Explainer(place, on, (rule,)).explain(
        Firm(read_facts({"成立日期": "2026-09-30"}, place.vocabulary))
    )
    assert now[0].status != recorded["answer"]["status"]


def test_what_if_on_another_day() -> None:
    shipped = PLACE.policy("cit_small_low_profit", date(2026, 11, 24))
    answer = Explainer(PLACE, date(2026, 11, 24), (shipped,)).explain(Firm({}))[0]
    whole = read_record(json.loads(json.dumps(record(answer))))
    assert what_if(whole, PLACE, date(2025, 1, 1))["on"] == "2025-01-01"
    with pytest.raises(NotInForce):
        what_if(whole, PLACE, date(1990, 1, 1))


def test_every_fact_comes_back_from_its_plain_form() -> None:
    for fact in PLACE.vocabulary.facts.values():
        plain = json.loads(json.dumps(fact.model.model_dump(mode="json", exclude_defaults=True)))
        assert FactModel.model_validate(plain) == fact.model
