"""Replaying a record: the recorded rule on the recorded facts, with the definitions it kept.

The answers are compared byte for byte. What has changed since in the definition files is named; it
does not change the answer, except that of the code tables, which are not kept.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from pydantic import BaseModel, ValidationError

from huiqi.rules.determination import Explainer, Firm, Origin
from huiqi.rules.errors import FactError
from huiqi.rules.jurisdiction import Jurisdiction
from huiqi.rules.kept import Kept, changed, restored
from huiqi.rules.policy import Policy, load_policy, text_hash
from huiqi.rules.record import FORMAT, canonical, content_hash, file_hashes
from huiqi.rules.strict_yaml import parse
from huiqi.rules.values import read_facts


class BadRecord(ValueError):
    """A record is not whole: wrong format, or a hash that does not fit its content."""


class _RuleModel(BaseModel):
    policy: str
    file: str
    hash: str
    text: str


class _OriginModel(BaseModel):
    source: str
    on: date | None


class Record(BaseModel):
    """The parts of a record that a replay reads."""

    format: str
    jurisdiction: str
    on: date
    rule: _RuleModel
    definitions: dict[str, Any]
    definitions_hash: str
    files: dict[str, str]
    facts: dict[str, Any]
    facts_hash: str
    origins: dict[str, _OriginModel]
    answer: dict[str, Any]


@dataclass(frozen=True)
class Replayed:
    """The outcome of a replay; the lists are empty when all is as it was."""

    answer: dict[str, Any]
    differences: list[str]
    changed_files: list[str]
    changed_definitions: list[str]
    """Definitions that the answer used, in words."""


def read_record(recorded: Mapping[str, Any]) -> Record:
    """A record from plain data. Raises BadRecord when it is not whole."""
    try:
        whole = Record.model_validate(recorded)
    except ValidationError as error:
        places = {".".join(map(str, detail["loc"])) for detail in error.errors()}
        raise BadRecord(f"记录缺少或写错：{'、'.join(sorted(places))}") from error
    if whole.format != FORMAT:
        raise BadRecord(f"记录格式是“{whole.format}”，本程序认识“{FORMAT}”")
    if text_hash(whole.rule.text) != whole.rule.hash:
        raise BadRecord("规则原文与其哈希不符，记录被改动过")
    if content_hash(whole.facts) != whole.facts_hash:
        raise BadRecord("事实与其哈希不符，记录被改动过")
    if content_hash(whole.definitions) != whole.definitions_hash:
        raise BadRecord("所用定义与其哈希不符，记录被改动过")
    return whole


def replay(record: Record, jurisdiction: Jurisdiction) -> Replayed:
    """Evaluate a record again; ``jurisdiction`` gives the code tables and what is in force now."""
    kept = _kept(record)
    then = restored(kept, jurisdiction)
    document = parse(record.rule.text, record.rule.file)
    policy = load_policy(document, then.vocabulary, then.parameters)
    answer = _answer(record, policy, then, record.on)
    return Replayed(
        answer,
        differences(record.answer, answer),
        _changed_files(record, jurisdiction),
        changed(kept, jurisdiction),
    )


def what_if(record: Record, jurisdiction: Jurisdiction, on: date) -> dict[str, Any]:
    """The answer for the recorded facts under what a jurisdiction has in force on a day.

    Raises NotInForce or LookupError where that has no such policy.
    """
    return _answer(record, jurisdiction.policy(record.rule.policy, on), jurisdiction, on)


def differences(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """One line a part that is not the same."""
    return [
        f"{key}：原为 {json.dumps(before.get(key), ensure_ascii=False)}，"
        f"现为 {json.dumps(now.get(key), ensure_ascii=False)}"
        for key in sorted({*before, *now})
        if canonical(before.get(key)) != canonical(now.get(key))
    ]


def _kept(record: Record) -> Kept:
    try:
        return Kept.model_validate(record.definitions)
    except ValidationError as error:
        places = {".".join(map(str, detail["loc"])) for detail in error.errors()}
        raise BadRecord(f"记录缺少或写错：definitions 的 {'、'.join(sorted(places))}") from error


def _answer(record: Record, policy: Policy, jurisdiction: Jurisdiction, on: date) -> dict[str, Any]:
    try:
        facts = read_facts(record.facts, jurisdiction.vocabulary)
    except FactError as error:
        raise BadRecord(f"读不出记录里的事实：{error}") from error
    origins = {key: Origin(origin.source, origin.on) for key, origin in record.origins.items()}
    return Explainer(jurisdiction, on, (policy,)).explain(Firm(facts, origins))[0].as_json()


def _changed_files(record: Record, jurisdiction: Jurisdiction) -> list[str]:
    now, then = file_hashes(jurisdiction), record.files
    found = {name for name in {*now, *then} if now.get(name) != then.get(name)}
    rules = {policy.document.file: policy.hash for policy in jurisdiction.policies}
    if rules.get(record.rule.file, record.rule.hash) != record.rule.hash:
        found.add(record.rule.file)
    return sorted(found)
