"""差一步: the smallest change of one fact that would make an ineligible firm eligible.

Each fact that a firm can change is a lever (``levers``), the other facts being what they are. Time
is one too: the first later day on which a period is complete.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property

from huiqi.rules import ir, typed
from huiqi.rules.dates import add_months, from_days
from huiqi.rules.effort import effort
from huiqi.rules.interpreter import Interpreter
from huiqi.rules.jurisdiction import Jurisdiction
from huiqi.rules.levers import Lever
from huiqi.rules.policy import Policy
from huiqi.rules.program import Program, compile_policies
from huiqi.rules.single import SingleFirm
from huiqi.rules.vocabulary import FactDefinition

Facts = Mapping[str, int | None]


@dataclass(frozen=True)
class OneStep:
    """Change ``fact`` from ``before`` to ``after`` (stored integers), or wait until ``day``."""

    fact: FactDefinition
    before: int | None
    after: int | None
    day: date | None
    effort: float
    finder: StepFinder

    @cached_property
    def text(self) -> str:
        """The step in words."""
        texts = self.finder.jurisdiction.texts
        if self.day is not None:
            days = (self.day - self.finder.on).days
            return texts["wait_days"].format(days=days, date=self.day)
        assert self.before is not None and self.after is not None
        return _words(self.fact, self.before, self.after, texts)


@dataclass(frozen=True, eq=False)
class StepFinder:
    """Finds the smallest step for one policy on one day."""

    policy: Policy
    jurisdiction: Jurisdiction
    on: date
    single: SingleFirm
    levers: tuple[Lever, ...]
    """In reading order."""

    @classmethod
    def of(cls, policy: Policy, jurisdiction: Jurisdiction, on: date) -> StepFinder:
        vocabulary, moment = jurisdiction.vocabulary, jurisdiction.moment(on)
        lowered = compile_policies([policy], vocabulary, moment)
        # Whether a firm is eligible does not depend on the amount: leave that out.
        rule = replace(lowered.rules[0], amount=None)
        program = Program.of([rule], lowered.builder)
        levers = [
            Lever.of(vocabulary[key], rule, program.facts, program.builder)
            for key in ir.fact_keys(rule.condition)
            if vocabulary[key].model.changeable
        ]
        return cls(policy, jurisdiction, on, SingleFirm(program), tuple(levers))

    def find(self, facts: Facts) -> OneStep | None:
        """The smallest single step to eligible; None if not ineligible or more are needed."""
        slots = self.single.slots(facts)
        states = self.single.criteria(slots)
        unmet = _mask(states, ir.FALSE)
        if not unmet:
            return None
        open_ = unmet | _mask(states, ir.UNKNOWN)
        steps = [
            self._step(lever.fact, facts, after)
            for lever in self.levers
            if not open_ & ~lever.mask and (after := lever.moved(slots)) is not None
        ]
        if not unmet & ~self._time and (waiting := self._wait(facts)):
            steps.append(waiting)
        return min(steps, key=lambda s: (s.effort, s.fact.position), default=None)

    def could_suffice(self, unmet: Iterable[int]) -> bool:
        """Whether one change could meet all these criteria (positions) at once."""
        mask = sum(1 << index for index in unmet)
        return any(not mask & ~reached for reached in (*(v.mask for v in self.levers), self._time))

    def _step(self, fact: FactDefinition, facts: Facts, after: int) -> OneStep:
        before = facts[fact.key]
        assert before is not None
        return OneStep(fact, before, after, None, effort(fact, before, after), self)

    @cached_property
    def _time(self) -> int:
        """The criteria that the passing of time could meet, bit i for criterion i."""
        return sum(
            1 << index
            for index, criterion in enumerate(self.policy.criteria)
            if any(isinstance(node, typed.Elapsed) for node in typed.walk(criterion.condition))
        )

    # --- time --------------------------------------------------------------------------------

    def _wait(self, facts: Facts) -> OneStep | None:
        for day, node in sorted(self._ripe_days(facts), key=lambda pair: pair[0]):
            if day <= self.on or not self.policy.in_force(day):
                continue
            interpreter = Interpreter(self.jurisdiction.moment(day), facts)
            if all(interpreter.condition(c.condition) for c in self.policy.criteria):
                days = (day - self.on).days
                stored = facts.get(node.fact.key)
                return OneStep(node.fact, stored, stored, day, min(days / 365, 1.0), self)
        return None

    def _ripe_days(self, facts: Facts) -> Iterator[tuple[date, typed.Elapsed]]:
        for node in self._periods:
            stored = facts.get(node.fact.key)
            if stored is not None:
                ripe = self._complete(from_days(stored), node)
                yield ripe + timedelta(days=node.relation in ("超过", "不超过")), node

    @cached_property
    def _periods(self) -> list[typed.Elapsed]:
        nodes = typed.walk(*(criterion.condition for criterion in self.policy.criteria))
        return [node for node in nodes if isinstance(node, typed.Elapsed)]

    def _complete(self, start: date, node: typed.Elapsed) -> date:
        if node.unit == "months":
            return add_months(start, node.amount)
        if node.unit == "days":
            return start + timedelta(days=node.amount)
        return self.jurisdiction.calendar.add(start, node.amount).date


def _mask(states: Sequence[int], wanted: int) -> int:
    return sum(1 << index for index, state in enumerate(states) if state == wanted)


def _words(fact: FactDefinition, before: int, after: int, texts: Mapping[str, str]) -> str:
    model = fact.model
    if fact.type == "number":
        key = "short_of" if after > before else "over_by"
        return texts[key].format(fact=fact.name, amount=fact.show(abs(after - before)))
    if fact.type == "date":
        key = "date_later" if after > before else "date_earlier"
        return texts[key].format(fact=fact.name, date=fact.show(after))
    if fact.type == "set":
        key = "obtain" if after > before else "give_up"
        wish = model.wish if after > before else None
        return (wish or texts[key]).format(fact=fact.name, value=fact.show(after ^ before))
    wish = model.wish
    if fact.type == "flag":
        wish = model.wish_true if after else model.wish_false
    key = "change_flag" if fact.type == "flag" else "change_code"
    return (wish or texts[key]).format(fact=fact.name, value=fact.show(after))
