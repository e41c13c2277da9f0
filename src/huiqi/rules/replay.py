"""Records of determinations, and replaying them.

A record freezes all a determination was made from: the rule's text and hash, the hashes of the
other definition files, and the facts with their hash. Replaying evaluates the recorded text on the
recorded facts and compares the answers byte for byte.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from huiqi.rules.determination import Determination, Explainer, Firm, Origin
from huiqi.rules.errors import FactError
from huiqi.rules.jurisdiction import Jurisdiction
from huiqi.rules.policy import load_policy, text_hash
from huiqi.rules.strict_yaml import parse
from huiqi.rules.values import read_facts
from huiqi.rules.vocabulary import Vocabulary

FORMAT = "huiqi-determination/1"


class BadRecord(ValueError):
    """A record is not whole: wrong format, or a hash that does not fit its content."""


class _RuleModel(BaseModel):
    file: str
    hash: str
    text: str


class _OriginModel(BaseModel):
    source: str
    on: date | None


class _RecordModel(BaseModel):
    """The parts of a record that a replay reads."""

    format: str
    jurisdiction: str
    on: date
    rule: _RuleModel
    definitions: dict[str, str]
    facts: dict[str, Any]
    facts_hash: str
    origins: dict[str, _OriginModel]
    answer: dict[str, Any]


@dataclass(frozen=True)
class Replayed:
    """The outcome of a replay; both lists are empty when all is as it was."""

    answer: dict[str, Any]
    differences: list[str]
    changed_files: list[str]


def freeze(facts: Mapping[str, int | None], vocabulary: Vocabulary) -> dict[str, Any]:
    """Stored facts as plain values that outlive the code tables: codes, dates, exact decimals."""
    frozen: dict[str, Any] = {}
    for key in sorted(facts):
        stored, fact = facts[key], vocabulary[key]
        if stored is None:
            continue
        value = fact.decode(stored)
        if fact.type == "number":
            value = format(Decimal(value.numerator) / Decimal(value.denominator), "f")
        elif fact.type == "date":
            value = value.isoformat()
        frozen[key] = value
    return frozen


def facts_hash(frozen: Mapping[str, Any]) -> str:
    return hashlib.sha256(canonical(frozen)).hexdigest()


def canonical(value: Any) -> bytes:
    """The one JSON text of a value: sorted keys, no spaces, UTF-8."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode()


def record(determination: Determination) -> dict[str, Any]:
    """The record of a determination, as plain data to be written as JSON."""
    jurisdiction, policy = determination.explainer.jurisdiction, determination.policy
    frozen = freeze(determination.firm.facts, jurisdiction.vocabulary)
    origins = {
        key: {"source": origin.source, "on": origin.on.isoformat() if origin.on else None}
        for key, origin in determination.firm.origins.items()
        if key in frozen
    }
    return {
        "format": FORMAT,
        "jurisdiction": jurisdiction.profile.code,
        "on": determination.explainer.on.isoformat(),
        "rule": {
            "policy": policy.key,
            "file": policy.document.file,
            "hash": policy.hash,
            "text": policy.document.text,
        },
        "definitions": definition_hashes(jurisdiction),
        "facts": frozen,
        "facts_hash": facts_hash(frozen),
        "origins": origins,
        "answer": determination.as_json(),
    }


def definition_hashes(jurisdiction: Jurisdiction) -> dict[str, str]:
    """SHA-256 of every definition file a rule may read, besides the rules themselves."""
    found: dict[str, str] = {}
    for folder in jurisdiction.chain:
        for path in sorted(folder.rglob("*")):
            relative = path.relative_to(folder)
            if path.suffix in (".yaml", ".csv") and relative.parts[0] != "policies":
                found[f"{folder.name}/{relative.as_posix()}"] = _file_hash(path)
    return found


def _file_hash(path: Path) -> str:
    return text_hash(path.read_text(encoding="utf-8"))


def replay(recorded: Mapping[str, Any], jurisdiction: Jurisdiction) -> Replayed:
    """Evaluate a record again. Raises BadRecord when it is not whole."""
    whole = _whole(recorded)
    document = parse(whole.rule.text, whole.rule.file)
    policy = load_policy(document, jurisdiction.vocabulary, jurisdiction.parameters)
    explainer = Explainer(jurisdiction, whole.on, (policy,))
    try:
        facts = read_facts(whole.facts, jurisdiction.vocabulary)
    except FactError as error:
        raise BadRecord(f"现在的事实词汇读不出记录里的事实：{error}") from error
    origins = {key: Origin(origin.source, origin.on) for key, origin in whole.origins.items()}
    answer = explainer.explain(Firm(facts, origins))[0].as_json()
    before = whole.answer
    differences = [
        f"{key}：原为 {json.dumps(before.get(key), ensure_ascii=False)}，"
        f"现为 {json.dumps(answer.get(key), ensure_ascii=False)}"
        for key in sorted({*before, *answer})
        if canonical(before.get(key)) != canonical(answer.get(key))
    ]
    now, then = definition_hashes(jurisdiction), whole.definitions
    changed = sorted(name for name in {*now, *then} if now.get(name) != then.get(name))
    return Replayed(answer, differences, changed)


def _whole(recorded: Mapping[str, Any]) -> _RecordModel:
    try:
        whole = _RecordModel.model_validate(recorded)
    except ValidationError as error:
        places = {".".join(map(str, detail["loc"])) for detail in error.errors()}
        raise BadRecord(f"记录缺少或写错：{'、'.join(sorted(places))}") from error
    if whole.format != FORMAT:
        raise BadRecord(f"记录格式是“{whole.format}”，本程序认识“{FORMAT}”")
    if text_hash(whole.rule.text) != whole.rule.hash:
        raise BadRecord("规则原文与其哈希不符，记录被改动过")
    if facts_hash(whole.facts) != whole.facts_hash:
        raise BadRecord("事实与其哈希不符，记录被改动过")
    return whole
