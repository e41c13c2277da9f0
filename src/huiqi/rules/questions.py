"""The best next question: the missing fact whose answer is expected to settle most policies.

For every missing fact each answer that matters (one value per region between the rules' cut
points) is tried on all rules; the average number of rules it settles is what the question is
worth. Answers are taken as equally likely: the vocabulary knows no frequencies.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from huiqi.rules import ir
from huiqi.rules.single import SingleFirm
from huiqi.rules.vocabulary import FactDefinition, Vocabulary

_MOST_ANSWERS = 12


@dataclass(frozen=True)
class Question:
    """A fact to ask for, and how many undetermined rules an answer settles on average."""

    fact: FactDefinition
    settles: float

    @property
    def text(self) -> str:
        return self.fact.model.question


@dataclass(frozen=True, eq=False)
class Questioner:
    """Ranks questions for one program."""

    single: SingleFirm
    vocabulary: Vocabulary

    def rank(
        self, facts: Mapping[str, int | None], candidates: Iterable[FactDefinition]
    ) -> list[Question]:
        """The candidates by worth, best first; ties in the vocabulary's order."""
        slots = list(self.single.slots(facts))
        states, _ = self.single.evaluate(slots)
        open_rules = [index for index, state in enumerate(states) if state == ir.UNKNOWN]
        ranked = [
            Question(fact, self._worth(fact, slots, open_rules))
            for fact in candidates
            if fact.key in self.single.program.facts
        ]
        return sorted(ranked, key=lambda q: (-q.settles, q.fact.position))

    def best(
        self, facts: Mapping[str, int | None], candidates: Iterable[FactDefinition]
    ) -> Question | None:
        ranked = self.rank(facts, candidates)
        return ranked[0] if ranked else None

    def _worth(self, fact: FactDefinition, slots: list[int | None], open_rules: list[int]) -> float:
        slot = self.single.program.facts.index(fact.key)
        answers = self._answers(fact)
        settled = 0
        for answer in answers:
            tried = [*slots[:slot], answer, *slots[slot + 1 :]]
            states, _ = self.single.evaluate(tried)
            settled += sum(states[index] != ir.UNKNOWN for index in open_rules)
        return settled / len(answers)

    def _answers(self, fact: FactDefinition) -> list[int]:
        """One value per region between the cut points of the rules on this fact."""
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
