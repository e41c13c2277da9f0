"""What a record keeps of the definitions: those, and only those, that one determination used.

A rule's text alone does not give the same answer for ever: it reads shared parameters, facts of
the vocabulary, texts. Which ones is found out by answering once more and noting what is asked for.
The code tables of industries and areas are not kept: they are large, and codes are never reused.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from pydantic import BaseModel

from huiqi.rules import typed
from huiqi.rules.checker import SIZE_FORMULA
from huiqi.rules.determination import Explainer, Firm
from huiqi.rules.jurisdiction import Jurisdiction
from huiqi.rules.policy import Policy, load_parameter, load_policy
from huiqi.rules.policy_model import ParameterModel
from huiqi.rules.size import SizeStandard, load_size_standard
from huiqi.rules.strict_yaml import Document
from huiqi.rules.vocabulary import FactDefinition, FactModel, Vocabulary
from huiqi.rules.workdays import WorkCalendar


class KeptFact(BaseModel):
    topic: str
    position: int
    fact: FactModel


class Kept(BaseModel):
    """Definitions by content, as they stood when the determination was made."""

    facts: list[KeptFact]
    area_groups: dict[str, tuple[str, ...]]
    parameters: dict[str, ParameterModel]
    texts: dict[str, str]
    size_standards: list[dict[str, Any]]
    holidays: list[tuple[date, str, str]]

    def plain(self) -> dict[str, Any]:
        """As plain data to be written as JSON."""
        return self.model_dump(mode="json", by_alias=True, exclude_defaults=True)

    @property
    def keys(self) -> set[str]:
        """Keys of the facts that were used."""
        return {kept.fact.key for kept in self.facts}


class _Noted(Mapping[str, Any]):
    """A mapping that notes what it is asked for."""

    def __init__(self, content: Mapping[str, Any]) -> None:
        self.content = content
        self.noted: dict[str, Any] = {}

    def __getitem__(self, key: str) -> Any:
        self.noted[key] = found = self.content[key]
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self.content)

    def __len__(self) -> int:
        return len(self.content)


@dataclass(frozen=True, eq=False)
class _NotedVocabulary(Vocabulary):
    noted: dict[str, FactDefinition] = field(default_factory=dict)

    def find(self, word: str) -> FactDefinition | None:
        fact = super().find(word)
        if fact is not None:
            self.noted[fact.key] = fact
        return fact

    def __getitem__(self, key: str) -> FactDefinition:
        self.noted[key] = fact = super().__getitem__(key)
        return fact


def keep(policy: Policy, jurisdiction: Jurisdiction, on: date, firm: Firm) -> Kept:
    """The definitions that the determination of a firm under a policy uses."""
    groups, texts = _Noted(jurisdiction.vocabulary.groups), _Noted(jurisdiction.texts)
    whole = jurisdiction.vocabulary
    vocabulary = _NotedVocabulary(whole.facts, whole.trees, groups)
    again = load_policy(policy.document, vocabulary, jurisdiction.parameters)
    standards: list[SizeStandard] = []
    if any(fact.model.derived == SIZE_FORMULA for fact in vocabulary.noted.values()):
        # Waiting may lead to a later edition.
        standards = [s for s in jurisdiction.size_standards if (s.model.valid.to or on) >= on]
    noted = replace(
        jurisdiction,
        vocabulary=vocabulary,
        texts=texts,
        size_standards=tuple(load_size_standard(s.document, vocabulary) for s in standards),
        _moments={},
    )
    Explainer(noted, on, (again,)).explain(firm)[0].as_json()
    return Kept(
        facts=[_fact(fact) for fact in vocabulary.noted.values()],
        area_groups=groups.noted,
        parameters=_parameters(again, jurisdiction),
        texts=dict(sorted(texts.noted.items())),
        size_standards=[_size(standard) for standard in standards],
        holidays=jurisdiction.calendar.rows if _counts_workdays(again) else [],
    )


def restored(kept: Kept, jurisdiction: Jurisdiction) -> Jurisdiction:
    """The jurisdiction with the definitions kept in the place of its own."""
    trees = jurisdiction.vocabulary.trees
    facts = {
        item.fact.key: FactDefinition(
            item.fact, item.topic, trees[item.fact.tree] if item.fact.tree else None, item.position
        )
        for item in kept.facts
    }
    vocabulary = Vocabulary(facts, trees, kept.area_groups)
    standards = [
        load_size_standard(Document("记录", "", size), vocabulary) for size in kept.size_standards
    ]
    return replace(
        jurisdiction,
        vocabulary=vocabulary,
        parameters={name: load_parameter(name, m) for name, m in kept.parameters.items()},
        texts={**jurisdiction.texts, **kept.texts},
        size_standards=tuple(standards),
        calendar=WorkCalendar(kept.holidays) if kept.holidays else jurisdiction.calendar,
        _moments={},
    )


def changed(kept: Kept, jurisdiction: Jurisdiction) -> list[str]:
    """Which of the definitions kept are different in the jurisdiction now, in words."""
    vocabulary = jurisdiction.vocabulary
    parameters = {name: _parameter(p) for name, p in jurisdiction.parameters.items()}
    sizes = [_size(standard) for standard in jurisdiction.size_standards]
    found = [
        f"事实“{item.fact.name}”"
        for item in kept.facts
        if item.fact.key not in vocabulary.facts
        or _fact(vocabulary.facts[item.fact.key]).fact != item.fact
    ]
    found += [
        f"参数“{name}”" for name, model in kept.parameters.items() if parameters.get(name) != model
    ]
    found += [
        f"文字“{key}”" for key, text in kept.texts.items() if jurisdiction.texts.get(key) != text
    ]
    found += [
        f"地区“{name}”"
        for name, codes in kept.area_groups.items()
        if vocabulary.groups.get(name) != codes
    ]
    found += [f"划型标准“{size['title']}”" for size in kept.size_standards if size not in sizes]
    if kept.holidays and kept.holidays != jurisdiction.calendar.rows:
        found.append("节假日表")
    return found


def _fact(fact: FactDefinition) -> KeptFact:
    return KeptFact(topic=fact.topic, position=fact.position, fact=fact.model)


def _parameters(policy: Policy, jurisdiction: Jurisdiction) -> dict[str, ParameterModel]:
    """Shared parameters that the policy's file reads, in its amounts or conditions or not."""
    roots = [*(c.condition for c in policy.criteria), *policy.names.values()]
    roots += [n for n in (policy.amount, policy.cap) if n is not None]
    used = {
        node.parameter.name: node.parameter
        for node in typed.walk(*roots)
        if isinstance(node, typed.ParameterNumber)
    }
    shared = jurisdiction.parameters
    return {name: _parameter(p) for name, p in used.items() if shared.get(name) is p}


def _parameter(parameter: typed.Parameter) -> ParameterModel:
    values = [
        {"from": v.start, "value": v.text, "source": v.source, "confidence": v.confidence}
        for v in parameter.values
    ]
    return ParameterModel.model_validate({"unit": parameter.unit, "values": values})


def _size(standard: SizeStandard) -> dict[str, Any]:
    """A size standard without all examples but the first: a file must have one."""
    model = standard.model.model_copy(update={"examples": standard.model.examples[:1]})
    return model.model_dump(mode="json", by_alias=True)


def _counts_workdays(policy: Policy) -> bool:
    nodes = typed.walk(*(criterion.condition for criterion in policy.criteria))
    return any(isinstance(node, typed.Elapsed) and node.unit == "workdays" for node in nodes)
