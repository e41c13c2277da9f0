"""Policies written in tests, on the vocabulary of a shipped jurisdiction."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import yaml

from huiqi.rules.determination import Determination, Explainer, Firm
from huiqi.rules.jurisdiction import load_jurisdiction
from huiqi.rules.policy import Policy, load_policy
from huiqi.rules.strict_yaml import parse
from huiqi.rules.values import read_facts

ROOT = Path(__file__).parents[2] / "jurisdictions"
ON = date(2026, 11, 24)
PLACE = load_jurisdiction(ROOT, "CN-6328")


def policy_text(*conditions: str, **changes: Any) -> str:
    """The text of a whole policy file with these conditions; ``changes`` replace top-level keys."""
    example = {"name": "例", "on": "2026-01-01", "facts": {}, "expect": {"status": "undetermined"}}
    content: dict[str, Any] = {
        "policy": "test_policy",
        "title": "测试政策",
        "level": "prefecture",
        "kind": "award",
        "status": "illustrative",
        "issuer": "测试",
        "document": "测试",
        "article": "第一条",
        "source": "测试",
        "confidence": "low",
        "valid": {"from": "2020-01-01", "to": None},
        "region": "632800",
        "departments": ["工信"],
        "audience": ["企业"],
        "summary": "测试",
        "conditions": [
            {"key": f"c{index}", "text": f"条件{index}", "if": text, "article": "第一条"}
            for index, text in enumerate(conditions, 1)
        ],
        "benefit": {"text": "测试"},
        "examples": [example] * 4,
        **changes,
    }
    return yaml.dump(content, Dumper=_Plain, allow_unicode=True, sort_keys=False)


class _Plain(yaml.SafeDumper):
    """Writes every value out: definition files know no aliases."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def policy(*conditions: str, **changes: Any) -> Policy:
    document = parse(policy_text(*conditions, **changes), "test.yaml")
    return load_policy(document, PLACE.vocabulary, PLACE.parameters)


def determine(rule: Policy, on: date = ON, **facts: Any) -> Determination:
    """The determination for a firm given by Chinese fact names; numbers in the fact's unit."""
    firm = Firm(read_facts(facts, PLACE.vocabulary))
    return Explainer(PLACE, on, (rule,)).explain(firm)[0]
