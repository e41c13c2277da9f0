"""The load as law: a vocabulary and policy files, for measuring whole explanations."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.firms import subtree
from benchmarks.form import (
    Amount,
    And,
    AtLeast,
    Eq,
    Fact,
    Fixed,
    Ge,
    HasBits,
    Load,
    Lt,
    Node,
    Not,
    PerUnit,
    Policy,
    Predicate,
    ShareGe,
    Within,
)
from huiqi.rules.codes import CodeTree
from huiqi.rules.jurisdiction import Jurisdiction, load_jurisdiction
from huiqi.rules.policy import load_policy
from huiqi.rules.strict_yaml import load as load_yaml
from huiqi.rules.vocabulary import FactDefinition as RuleFact
from huiqi.rules.vocabulary import FactModel, Vocabulary

JURISDICTIONS = Path(__file__).parent.parent / "jurisdictions"
ON = date(2026, 6, 1)

TYPES: dict[str, dict[str, Any]] = {
    "money": {"type": "number", "unit": "元", "min": -(10**12)},
    "count": {"type": "number", "unit": "人"},
    "share": {"type": "number", "unit": "%"},
    "date": {"type": "date"},
    "flag": {"type": "flag"},
    "code": {"type": "code"},
    "tree": {"type": "code"},
    "set": {"type": "set"},
}
MEMBERS = tuple(f"成员{bit}" for bit in range(16))


def jurisdiction(load: Load) -> Jurisdiction:
    """The national files with the load's vocabulary and policies in place of their own."""
    vocabulary = _vocabulary(load)
    text = _Text(load)
    policies = []
    with TemporaryDirectory() as folder:
        for policy in load.policies:
            path = Path(folder) / f"{policy.key}.yaml"
            path.write_text(json.dumps(text.policy(policy), ensure_ascii=False), encoding="utf-8")
            policies.append(load_policy(load_yaml(path, path.name), vocabulary, {}))
    national = load_jurisdiction(JURISDICTIONS, "CN")
    return replace(national, vocabulary=vocabulary, policies=tuple(policies))


# --- vocabulary ----------------------------------------------------------------------------------


def _vocabulary(load: Load) -> Vocabulary:
    names = _names(load)
    facts, trees = {}, {}
    for position, fact in enumerate(load.facts):
        tree = None
        if fact.kind == "tree":
            tree = trees[fact.key] = CodeTree(fact.key, _tree_rows(fact.labels))
        facts[fact.key] = RuleFact(_model(fact, names[fact.key]), "基准", tree, position)
    return Vocabulary(facts, trees)


def _names(load: Load) -> dict[str, str]:
    return {fact.key: f"指标{number}" for number, fact in enumerate(load.facts)}


def _model(fact: Fact, name: str) -> FactModel:
    entry: dict[str, Any] = {
        "name": name,
        "key": fact.key,
        "period": "moment",
        "sources": ["declared"],
        "question": f"{name}是多少？",
        "definition": name,
        "source": "基准测试",
        "confidence": "low",
        **TYPES[fact.kind],
    }
    if fact.kind == "tree":
        entry["tree"] = fact.key
    elif fact.kind == "code":
        entry["values"] = list(fact.labels)
    elif fact.kind == "set":
        entry["values"] = list(MEMBERS)
    return FactModel.model_validate(entry)


def _code(label: str) -> str:
    """The code of a label: the letter of an industry is not part of what is below it."""
    if label[0].isalpha():
        return label if len(label) == 1 else label[1:]
    return label.ljust(6, "0")


def _tree_rows(labels: tuple[str, ...]) -> Iterator[dict[str, str | None]]:
    above: list[str] = []
    for label in labels:
        while above and not label.startswith(above[-1]):
            above.pop()
        parent = _code(above[-1]) if above else None
        above.append(label)
        row = {"code": _code(label), "name": f"类别{label}", "level": str(len(above))}
        yield {**row, "parent": parent}


# --- policies ------------------------------------------------------------------------------------


class _Text:
    """Policies in the expression language."""

    def __init__(self, load: Load) -> None:
        self.load = load
        self.names = _names(load)

    def policy(self, policy: Policy) -> dict[str, Any]:
        parts = policy.condition.items if isinstance(policy.condition, And) else (policy.condition,)
        conditions = [self._criterion(number, part) for number, part in enumerate(parts)]
        example = {"name": "未知", "on": "2026-06-01", "facts": {}}
        return {
            "policy": policy.key,
            "title": f"基准政策{policy.key}",
            "level": "national",
            "kind": "grant",
            "status": "illustrative",
            "issuer": "基准测试",
            "document": "基准测试",
            "article": "第一条",
            "source": "基准测试",
            "confidence": "low",
            "valid": {"from": "2026-01-01", "to": None},
            "region": "000000",
            "departments": ["财政"],
            "audience": ["企业"],
            "summary": "基准测试用的政策",
            "conditions": conditions,
            "benefit": {"text": "按公式计算", **self.amount(policy.amount)},
            "examples": [{**example, "expect": {"status": "undetermined"}}] * 4,
        }

    def _criterion(self, number: int, node: Node) -> dict[str, Any]:
        return {
            "key": f"criterion_{number}",
            "text": f"第{number}个条件",
            "article": f"第{number + 1}条",
            "if": self.node(node),
        }

    def amount(self, rule: Amount) -> dict[str, str]:
        if isinstance(rule, Fixed):
            return {"amount": _money(rule.fen)}
        if isinstance(rule, PerUnit):
            formula = f"{self.names[rule.fact]} * {_money(rule.unit)}/人"
        else:
            formula = f"{self.names[rule.fact]} * {Decimal(rule.per_mille) / 10}%"
        return {"amount": formula, "cap": _money(rule.cap)}

    def node(self, node: Node) -> str:
        if isinstance(node, int):
            return self.predicate(self.load.predicates[node])
        if isinstance(node, Not):
            return f"非 ({self.node(node.item)})"
        items = [self.node(item) for item in node.items]
        if isinstance(node, AtLeast):
            return f"至少{node.count}项({', '.join(items)})"
        word = " 且 " if isinstance(node, And) else " 或 "
        return f"({word.join(items)})"

    def predicate(self, predicate: Predicate) -> str:
        name = self.names[predicate.part if isinstance(predicate, ShareGe) else predicate.fact]
        match predicate:
            case Ge(fact, bound):
                return f"{name} >= {_quantity(self.load.fact(fact), bound)}"
            case Lt(fact, bound):
                return f"{name} < {_quantity(self.load.fact(fact), bound)}"
            case Eq(fact, value):
                labels = self.load.fact(fact).labels
                return (
                    f"{name} = {labels[value - 1]}" if labels else name if value else f"非 {name}"
                )
            case Within(fact, ranges):
                labels = self.load.fact(fact).labels
                codes = [code for span in ranges for code in _nodes(labels, *span)]
                word = "位于" if fact == "area" else "属于"
                return f"{name} {word} [{', '.join(codes)}]"
            case HasBits(_, mask, every):
                members = [MEMBERS[bit] for bit in range(mask.bit_length()) if mask >> bit & 1]
                return f"{name} {'包含全部' if every else '包含任一'} [{', '.join(members)}]"
            case ShareGe(_, whole, percent):
                return f"{name} >= {self.names[whole]} * {percent}%"


def _nodes(labels: tuple[str, ...], low: int, high: int) -> Iterator[str]:
    """The codes of the subtrees that make up a range of positions."""
    at = low
    while at <= high:
        yield _code(labels[at - 1])
        at = subtree(labels, at)[1] + 1


def _quantity(fact: Fact, stored: int) -> str:
    if fact.kind == "money":
        return _money(stored)
    if fact.kind == "share":
        return f"{Decimal(stored) / 10_000}%"
    if fact.kind == "date":
        return (date(1970, 1, 1) + timedelta(days=stored)).isoformat()
    return f"{stored}人"


def _money(fen: int) -> str:
    return f"{Decimal(fen) / 100}元"
