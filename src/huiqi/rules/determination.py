"""A determination 认定: what the rules say of one firm and one policy, and why.

Built from integers; every text is rendered only when asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from huiqi.rules import ir, typed
from huiqi.rules.cautions import cautions
from huiqi.rules.derivation import Step, derive
from huiqi.rules.interpreter import Interpreter
from huiqi.rules.jurisdiction import Jurisdiction
from huiqi.rules.missing import is_zero_denominator, missing_in_condition, missing_in_number
from huiqi.rules.one_step import OneStep, StepFinder
from huiqi.rules.policy import Policy
from huiqi.rules.program import compile_policies
from huiqi.rules.questions import Question, Questioner
from huiqi.rules.single import SingleFirm
from huiqi.rules.vocabulary import FactDefinition, Vocabulary

STATUSES = {ir.TRUE: "eligible", ir.FALSE: "ineligible", ir.UNKNOWN: "undetermined"}
RESULTS = {ir.TRUE: True, ir.FALSE: False, ir.UNKNOWN: None}


@dataclass(frozen=True)
class Origin:
    """Where a fact's value comes from, and of what day it is."""

    source: str
    on: date | None = None


@dataclass(frozen=True, eq=False)
class Firm:
    """One firm's facts: stored integers by key, with origins where known."""

    facts: Mapping[str, int | None]
    origins: Mapping[str, Origin] = field(default_factory=dict)


# Not frozen: of hundreds a firm, making them frozen would cost more than answering them.
@dataclass(eq=False)
class Determination:
    """The answer for one firm and one policy. ``state`` and ``criteria`` hold 0, 1 or 3."""

    explainer: Explainer
    policy: Policy
    firm: Firm
    state: int
    amount: int | None
    """Fen; None unless eligible with all facts of the amount known."""

    criteria: tuple[int, ...]

    @property
    def status(self) -> str:
        return STATUSES[self.state]

    @cached_property
    def _interpreter(self) -> Interpreter:
        moment = self.explainer.jurisdiction.moment(self.explainer.on)
        return Interpreter(moment, self.firm.facts)

    @property
    def missing(self) -> list[FactDefinition]:
        """Unknown facts that can still change the status, or the amount of the eligible."""
        return [fact for fact in self.open_facts if not self._is_zero(fact)]

    @property
    def zero_denominators(self) -> list[FactDefinition]:
        """Facts that are 0 under a fraction line, so that what compares the ratio stays open."""
        return [fact for fact in self.open_facts if self._is_zero(fact)]

    def _is_zero(self, fact: FactDefinition) -> bool:
        return is_zero_denominator(fact, self.firm.facts.get(fact.key))

    @cached_property
    def open_facts(self) -> list[FactDefinition]:
        """Facts of which another value, or any, can still change the status or the amount."""
        if self.state == ir.UNKNOWN:
            criteria = typed.All(tuple(c.condition for c in self.policy.criteria))
            return missing_in_condition(criteria, self._interpreter)
        if self.state == ir.TRUE and self.amount is None and self.policy.amount is not None:
            parts = [n for n in (self.policy.amount, self.policy.cap) if n is not None]
            found = {f.key: f for n in parts for f in missing_in_number(n, self._interpreter)}
            return list(found.values())
        return []

    @property
    def unmet(self) -> list[str]:
        """Keys of the criteria that are not met."""
        pairs = zip(self.policy.criteria, self.criteria, strict=True)
        return [criterion.key for criterion, state in pairs if state == ir.FALSE]

    @cached_property
    def next_question(self) -> Question | None:
        if self.state != ir.UNKNOWN:
            # An eligible firm whose amount is open is asked for the amount's first fact.
            return Question(self.missing[0], 0.0) if self.missing else None
        questioner = Questioner(self.explainer.single(self.policy), self.explainer.vocabulary)
        return questioner.best(self.firm.facts, self.missing)

    @cached_property
    def one_step(self) -> OneStep | None:
        return self.explainer.step_finder(self.policy).find(self.firm.facts)

    @property
    def cautions(self) -> list[str]:
        """Sentences to show with the answer."""
        jurisdiction, on = self.explainer.jurisdiction, self.explainer.on
        return cautions(self.policy, jurisdiction.moment(on), jurisdiction.texts)

    @cached_property
    def trace(self) -> list[Step]:
        """The derivation of the amount."""
        if self.state != ir.TRUE:
            return []
        return derive(self.policy, self._interpreter, self.explainer.jurisdiction.texts)

    @cached_property
    def facts_used(self) -> list[FactDefinition]:
        """Facts the policy reads for this firm, with the size class's own facts in its place."""
        nodes: list[typed.Node] = [c.condition for c in self.policy.criteria]
        nodes += [n for n in (self.policy.amount, self.policy.cap) if n is not None]
        found: dict[str, FactDefinition] = {}
        for node in nodes:
            for fact in typed.facts_in(node):
                for used in self.explainer.underlying(fact):
                    found.setdefault(used.key, used)
        return list(found.values())

    def as_json(self) -> dict[str, Any]:
        """The whole determination as plain data; see docs/concepts/determinations.md."""
        step, question, model = self.one_step, self.next_question, self.policy.model
        return {
            "policy": self.policy.key,
            "title": model.title,
            "edition": model.edition,
            "on": self.explainer.on.isoformat(),
            "status": self.status,
            "amount": self.amount,
            "criteria": [self._criterion_json(index) for index in range(len(self.criteria))],
            "missing": [fact.name for fact in self.missing],
            "zero_denominators": [fact.name for fact in self.zero_denominators],
            "next_question": question
            and {"fact": question.fact.name, "key": question.fact.key, "question": question.text},
            "one_step": step and _step_json(step),
            "trace": [str(part) for part in self.trace],
            "facts": [self._fact_json(fact) for fact in self.facts_used],
            "benefit": model.benefit.text,
            "stacking_group": model.benefit.group,
            "cliffs": model.benefit.cliffs,
            "document": model.document,
            "article": model.article,
            "source": model.source,
            "confidence": model.confidence,
            "cautions": self.cautions,
            "illustrative": model.status == "illustrative",
            "rule_hash": self.policy.hash,
        }

    def _criterion_json(self, index: int) -> dict[str, Any]:
        criterion = self.policy.criteria[index]
        return {
            "key": criterion.key,
            "text": criterion.text,
            "article": criterion.article,
            "result": RESULTS[self.criteria[index]],
            "formula": criterion.formula,
            "confidence": criterion.confidence,
        }

    def _fact_json(self, fact: FactDefinition) -> dict[str, Any]:
        stored, origin = self.firm.facts.get(fact.key), self.firm.origins.get(fact.key)
        return {
            "fact": fact.name,
            "key": fact.key,
            "value": None if stored is None else fact.show(stored),
            "source": origin.source if origin and stored is not None else None,
            "date": origin.on.isoformat() if origin and origin.on and stored is not None else None,
        }


def _step_json(step: OneStep) -> dict[str, Any]:
    return {
        "fact": step.fact.name,
        "key": step.fact.key,
        "from": step.fact.show(step.before),
        "to": step.fact.show(step.after),
        "on": step.day.isoformat() if step.day else None,
        "text": step.text,
    }


@dataclass(frozen=True, eq=False)
class Explainer:
    """Explains firms under the policies given, on one day."""

    jurisdiction: Jurisdiction
    on: date
    policies: tuple[Policy, ...]
    _all: SingleFirm = field(init=False)
    _finders: dict[Policy, StepFinder] = field(default_factory=dict)
    _spans: list[tuple[int, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        moment = self.jurisdiction.moment(self.on)
        program = compile_policies(self.policies, self.vocabulary, moment)
        object.__setattr__(self, "_all", SingleFirm(program))
        start = 0
        for policy in self.policies:
            self._spans.append((start, start + len(policy.criteria)))
            start += len(policy.criteria)

    @property
    def vocabulary(self) -> Vocabulary:
        return self.jurisdiction.vocabulary

    def explain(self, firm: Firm) -> list[Determination]:
        """One determination a policy, in the order of ``policies``."""
        slots = self._all.slots(firm.facts)
        states, amounts = self._all.evaluate(slots)
        criteria = self._all.criteria(slots)
        return [
            Determination(self, policy, firm, state, amount, tuple(criteria[start:end]))
            for policy, state, amount, (start, end) in zip(
                self.policies, states, amounts, self._spans, strict=True
            )
        ]

    def next_question(self, determinations: list[Determination]) -> Question | None:
        """The question expected to settle most of these policies."""
        missing = {fact.key: fact for d in determinations for fact in d.missing if d.state == 1}
        if not missing:
            return None
        return self.questioner.best(determinations[0].firm.facts, missing.values())

    @cached_property
    def questioner(self) -> Questioner:
        """Judges questions by what they bring to all these policies."""
        return Questioner(self._all, self.vocabulary)

    def single(self, policy: Policy) -> SingleFirm:
        return self.step_finder(policy).single

    def step_finder(self, policy: Policy) -> StepFinder:
        if policy not in self._finders:
            self._finders[policy] = StepFinder.of(policy, self.jurisdiction, self.on)
        return self._finders[policy]

    def underlying(self, fact: FactDefinition) -> list[FactDefinition]:
        """The fact itself, or for 企业规模 the facts the size standard reads."""
        if fact.model.derived != "size":
            return [fact]
        standard = self.jurisdiction.size_standard(self.on)
        indicators = [i.fact for group in standard.groups for i in group.indicators]
        return list({f.key: f for f in (standard.industry, *indicators)}.values())
