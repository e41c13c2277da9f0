"""The best next question: the missing fact whose answer is expected to settle most policies.

For every missing fact each answer that matters (one value per region between the rules' cut
points) is tried on the rules that read it; the average number of rules it settles is what the
question is worth. Answers are taken as equally likely: the vocabulary knows no frequencies.

Questions that only help together (industry, people and revenue make the size class) are judged
together: ``gain`` takes scenarios of several answers, and counts criteria that become clear too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from huiqi.rules import ir
from huiqi.rules.program import Program
from huiqi.rules.single import SingleFirm
from huiqi.rules.vocabulary import FactDefinition, Vocabulary

Facts = Mapping[str, int | None]
_MOST_ANSWERS = 12


@dataclass(frozen=True)
class Question:
    """A fact to ask for, and how many undetermined rules an answer settles on average."""

    fact: FactDefinition
    settles: float

    @property
    def text(self) -> str:
        return self.fact.model.question


@dataclass(frozen=True)
class Gain:
    """What answers bring on average, counted in rules.

    ``advances``: of each rule still open the share of its criteria that became clear, added up.
    """

    grants: float
    refuses: float
    advances: float

    @property
    def settles(self) -> float:
        return self.grants + self.refuses


@dataclass(frozen=True, eq=False)
class Questioner:
    """Ranks questions for one program. Made once a program: it compiles every rule by itself."""

    single: SingleFirm
    vocabulary: Vocabulary

    def rank(self, facts: Facts, candidates: Iterable[FactDefinition]) -> list[Question]:
        """The candidates by worth, best first; ties in the vocabulary's order."""
        ranked = [
            Question(fact, self.gain(facts, [{fact.key: a} for a in self.answers(fact)]).settles)
            for fact in candidates
            if fact.key in self.single.program.facts
        ]
        return sorted(ranked, key=lambda q: (-q.settles, q.fact.position))

    def best(self, facts: Facts, candidates: Iterable[FactDefinition]) -> Question | None:
        ranked = self.rank(facts, candidates)
        return ranked[0] if ranked else None

    def gain(self, facts: Facts, scenarios: Sequence[Facts]) -> Gain:
        """What it brings to know more: each scenario is a set of answers, all equally likely."""
        keys = {key for scenario in scenarios for key in scenario}
        granted, refused, advanced = 0, 0, 0.0
        for rule in {rule for key in keys for rule in self.readers.get(key, ())}:
            part = self.parts[rule]
            before = part.criteria(part.slots(facts))
            if ir.FALSE in before or ir.UNKNOWN not in before:
                continue
            open_ = before.count(ir.UNKNOWN)
            for scenario in scenarios:
                after = part.criteria(part.slots({**facts, **scenario}))
                if ir.FALSE in after:
                    refused += 1
                elif ir.UNKNOWN not in after:
                    granted += 1
                else:
                    advanced += 1 - after.count(ir.UNKNOWN) / open_
        tried = len(scenarios)
        return Gain(granted / tried, refused / tried, advanced / tried)

    @cached_property
    def parts(self) -> list[SingleFirm]:
        """Every rule by itself: an answer is tried only on the rules it can change."""
        program = self.single.program
        return [
            SingleFirm(Program.of([replace(rule, amount=None)], program.builder))
            for rule in program.rules
        ]

    @cached_property
    def readers(self) -> Mapping[str, list[int]]:
        """By fact the rules whose conditions read it."""
        found: dict[str, list[int]] = {}
        for index, part in enumerate(self.parts):
            for key in part.program.facts:
                found.setdefault(key, []).append(index)
        return found

    @cached_property
    def _tried(self) -> dict[str, list[int]]:
        return {}

    def answers(self, fact: FactDefinition) -> list[int]:
        """One value per region between the cut points of the rules on this fact."""
        if fact.key not in self._tried:
            self._tried[fact.key] = self._regions(fact)
        return self._tried[fact.key]

    def _regions(self, fact: FactDefinition) -> list[int]:
        low, high = fact.bounds
        values = {low, high}
        if fact.type == "set":
            values = {0}
        for node in self._atoms(fact.key):
            match node:
                case ir.Ge(ir.Fact(), bound):
                    values |= {bound, bound - 1}
                case ir.Eq(ir.Fact(), value):
                    values |= {value, value + 1}
                case ir.InCodes(_, yes, _):
                    values |= {code for first, last in yes for code in (first, last + 1)}
                case ir.HasBits(_, mask, _):
                    values.add(mask)
        answers = sorted(value for value in values if low <= value <= high)
        if len(answers) > _MOST_ANSWERS:
            step = len(answers) / _MOST_ANSWERS
            answers = [answers[int(index * step)] for index in range(_MOST_ANSWERS)]
        return answers

    def _atoms(self, key: str) -> list[ir.Node]:
        conditions = [rule.condition for rule in self.single.program.rules]
        return [
            node
            for node in ir.walk(*conditions)
            if isinstance(node, ir.ATOMS) and key in _direct(node)
        ]


def _direct(node: ir.Node) -> list[str]:
    return [child.key for child in ir.children(node) if isinstance(child, ir.Fact)]
