"""Determinations as pages show them: a status in words, criteria with articles, money, advice."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from huiqi.kernel.definitions.rulebook import rulebook
from huiqi.rules import ir
from huiqi.rules.cautions import cautions
from huiqi.rules.determination import Determination
from huiqi.rules.one_step import OneStep
from huiqi.rules.stacking import Money, add_up, is_illustrative
from huiqi.rules.vocabulary import FactDefinition

ELIGIBLE, OPEN, ONE_STEP, INELIGIBLE = "eligible", "undetermined", "one-step", "ineligible"
TITLES = {ELIGIBLE: "符合", OPEN: "待定", ONE_STEP: "差一步", INELIGIBLE: "不符合"}
_CRITERIA = {ir.TRUE: ("met", "符合"), ir.FALSE: ("unmet", "不符合"), ir.UNKNOWN: ("open", "待定")}

Address = Callable[[FactDefinition], str]
_NOTHING: Mapping[str, str] = {}


class CriterionLine(NamedTuple):
    mark: str
    word: str
    text: str
    article: str


class MissingFact(NamedTuple):
    fact: FactDefinition
    address: str


@dataclass(frozen=True, eq=False)
class Finding:
    """One policy's determination for one firm, ready to be read."""

    found: Determination
    money: Money
    ask: Address
    """Where a missing fact can be told; an empty address: nowhere."""

    note: str = ""
    """What has changed, to be seen at once."""

    mark: str = ""
    """What the firm has done about it."""

    @property
    def key(self) -> str:
        return self.found.policy.key

    @property
    def title(self) -> str:
        return self.found.policy.title

    @cached_property
    def group(self) -> str:
        if self.found.state == ir.FALSE:
            return ONE_STEP if self.one_step else INELIGIBLE
        return ELIGIBLE if self.found.state == ir.TRUE else OPEN

    @property
    def word(self) -> str:
        return TITLES[self.group]

    @cached_property
    def one_step(self) -> OneStep | None:
        return self.found.one_step

    @property
    def amount(self) -> int | None:
        return self.found.amount

    @property
    def amount_is_open(self) -> bool:
        """Whether there is money, and how much needs more facts."""
        found = self.found
        return found.state == ir.TRUE and found.amount is None and found.policy.amount is not None

    @property
    def benefit(self) -> str:
        return self.found.policy.model.benefit.text

    @property
    def stacking_group(self) -> str:
        return self.found.policy.model.benefit.group or ""

    @cached_property
    def instead(self) -> str:
        """Title of the policy of the same group that counts in the sum in place of this one."""
        key = self.money.passed_over.get(self.key)
        policies = self.found.explainer.policies
        return next((policy.title for policy in policies if policy.key == key), "")

    @property
    def is_illustrative(self) -> bool:
        return is_illustrative(self.found)

    @property
    def cautions(self) -> list[str]:
        explainer = self.found.explainer
        moment = explainer.jurisdiction.moment(explainer.on)
        return cautions(self.found.policy, moment, rulebook().texts)

    @property
    def criteria(self) -> list[CriterionLine]:
        pairs = zip(self.found.policy.criteria, self.found.criteria, strict=True)
        return [
            CriterionLine(*_CRITERIA[state], criterion.text, criterion.article)
            for criterion, state in pairs
        ]

    @property
    def trace(self) -> list[str]:
        return [str(step) for step in self.found.trace]

    @cached_property
    def missing(self) -> list[MissingFact]:
        return [MissingFact(fact, self.ask(fact)) for fact in self.found.missing]

    @property
    def document(self) -> str:
        model = self.found.policy.model
        return f"{model.document} {model.article}"


class Group(NamedTuple):
    key: str
    title: str
    findings: list[Finding]


@dataclass(frozen=True, eq=False)
class Findings:
    """All determinations of a firm: in four groups, with the sums."""

    all: list[Finding]
    money: Money

    @classmethod
    def of(
        cls,
        determinations: Iterable[Determination],
        ask: Address,
        notes: Mapping[str, str] = _NOTHING,
        marks: Mapping[str, str] = _NOTHING,
    ) -> Findings:
        """``notes`` and ``marks``: by policy."""
        determinations = list(determinations)
        money = add_up(determinations)
        findings = [
            Finding(one, money, ask, notes.get(one.policy.key, ""), marks.get(one.policy.key, ""))
            for one in determinations
        ]
        return cls(findings, money)

    @cached_property
    def groups(self) -> list[Group]:
        """Only those that hold something; money first, then what one step would bring."""
        found = [
            Group(key, title, [one for one in self.all if one.group == key])
            for key, title in TITLES.items()
        ]
        for group in found:
            group.findings.sort(key=_order)
        return [group for group in found if group.findings]

    @property
    def counts(self) -> dict[str, int]:
        return {group.title: len(group.findings) for group in self.groups}


def _order(finding: Finding) -> tuple[bool, int, float, int]:
    """Real rules before examples; larger sums, smaller steps, fewer questions first."""
    effort = finding.one_step.effort if finding.group == ONE_STEP and finding.one_step else 0.0
    questions = len(finding.missing) if finding.group == OPEN else 0
    return finding.is_illustrative, -(finding.amount or 0), effort, questions
