"""差一步: the smallest change of one fact that would make an ineligible firm eligible.

Candidates come from the rule's own cut points: for each test that depends on a fact, the value just
on either side of it, the other facts being what they are. A number is followed in a straight line
and, from every bend of it (取大, 取小, a bracket), in a new one. Each candidate is confirmed by
evaluating the whole rule. Time is a fact too: the first later day on which a period is complete.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property

from huiqi.rules import ir, typed
from huiqi.rules.dates import add_months, from_days
from huiqi.rules.interpreter import Interpreter
from huiqi.rules.jurisdiction import Jurisdiction
from huiqi.rules.policy import Policy
from huiqi.rules.program import Program, Rule, compile_policies
from huiqi.rules.single import SingleFirm, compile_number
from huiqi.rules.vocabulary import Fact

Facts = Mapping[str, int | None]
TIME = "time"
_MOST_STARTS = 50


@dataclass(frozen=True)
class OneStep:
    """Change ``fact`` from ``before`` to ``after`` (stored integers), or wait until ``day``."""

    fact: Fact
    before: int | None
    after: int | None
    day: date | None
    text: str
    effort: float
    """Share of the larger value that changes; a yes/no or a choice counts as one."""


@dataclass(frozen=True, eq=False)
class _Test:
    """A comparison of the rule: its number as a function of the facts, and the bound."""

    number: Callable[[Facts], int | None]
    bound: int
    keys: frozenset[str]


@dataclass(frozen=True, eq=False)
class StepFinder:
    """Finds the smallest step for one policy on one day."""

    policy: Policy
    jurisdiction: Jurisdiction
    on: date
    single: SingleFirm
    rule: Rule
    tests: tuple[_Test, ...]
    bends: tuple[_Test, ...]
    """Where a number that a test compares may change direction."""

    @classmethod
    def of(cls, policy: Policy, jurisdiction: Jurisdiction, on: date) -> StepFinder:
        vocabulary, moment = jurisdiction.vocabulary, jurisdiction.moment(on)
        lowered = compile_policies([policy], vocabulary, moment)
        # Whether a firm is eligible does not depend on the amount: leave that out.
        rule = replace(lowered.rules[0], amount=None)
        single = SingleFirm(Program.of([rule], lowered.builder))
        tests, bends = tuple(_tests(rule.condition)), tuple(_bends(rule, lowered.builder))
        return cls(policy, jurisdiction, on, single, rule, tests, bends)

    def find(self, facts: Facts) -> OneStep | None:
        """The smallest single step to eligible; None if not ineligible or more are needed."""
        slots = list(self.single.slots(facts))
        if self.single.evaluate(slots)[0][0] != ir.FALSE:
            return None
        levers = self._levers_of(slots)
        steps = [
            step
            for fact in self.changeable
            if fact.key in levers and (step := self._step(fact, facts, slots))
        ]
        if TIME in levers and (waiting := self._wait(facts)):
            steps.append(waiting)
        return min(steps, key=lambda s: (s.effort, s.fact.position), default=None)

    def _levers_of(self, slots: list[int | None]) -> set[str]:
        """What could flip every criterion that is not met."""
        states = self.single.criteria(slots)
        unmet = (index for index, state in enumerate(states) if state == ir.FALSE)
        return set.intersection(*(self.levers[index] for index in unmet))

    def _state(self, slots: list[int | None], key: str, value: int | None) -> int:
        """The state if one fact had another value."""
        position = self._positions[key]
        changed = [*slots]
        changed[position] = value
        return self.single.evaluate(changed)[0][0]

    @cached_property
    def _positions(self) -> dict[str, int]:
        return {key: position for position, key in enumerate(self.single.program.facts)}

    @cached_property
    def changeable(self) -> list[Fact]:
        """Facts of the policy that a firm can change, in reading order."""
        vocabulary = self.jurisdiction.vocabulary
        keys = ir.fact_keys(self.rule.condition)
        return [vocabulary[key] for key in keys if vocabulary[key].model.changeable]

    @cached_property
    def levers(self) -> list[set[str]]:
        """For each criterion what could flip it: keys of changeable facts, and TIME."""
        changeable = {fact.key for fact in self.changeable}
        found = []
        for criterion, lowered in zip(self.policy.criteria, self.rule.criteria, strict=True):
            levers = changeable & set(ir.fact_keys(lowered))
            if any(isinstance(node, typed.Elapsed) for node in typed.walk(criterion.condition)):
                levers.add(TIME)
            found.append(levers)
        return found

    def could_suffice(self, unmet: Iterable[int]) -> bool:
        """Whether one change could meet all these criteria (positions) at once."""
        return bool(set.intersection(*(self.levers[index] for index in unmet)))

    def _step(self, fact: Fact, facts: Facts, slots: list[int | None]) -> OneStep | None:
        before = facts.get(fact.key)
        if before is None or self._state(slots, fact.key, None) == ir.FALSE:
            return None
        low, high = fact.bounds
        for value in self._nearest(fact, before, set(self._candidates(fact, before, facts))):
            if low <= value <= high and self._state(slots, fact.key, value) == ir.TRUE:
                return self._described(fact, before, value)
        return None

    def _nearest(self, fact: Fact, before: int, values: set[int]) -> list[int]:
        """Values worth advising, the smallest change first; choices in the vocabulary's order."""
        if fact.type == "code":
            return sorted(values)
        direction = fact.model.changeable
        if direction in ("up", "down"):
            values = {value for value in values if (value > before) == (direction == "up")}
        return sorted(values, key=lambda value: abs(value - before))

    # --- candidates --------------------------------------------------------------------------

    def _candidates(self, fact: Fact, before: int, facts: Facts) -> Iterator[int]:
        if fact.type == "flag":
            yield 1 - before
        elif fact.type == "set":
            yield from (before ^ (1 << bit) for bit in range(len(fact.values)))
        elif fact.type == "code" and fact.code_tree is None:
            yield from range(1, len(fact.values) + 1)
        elif fact.type in ("number", "date"):
            yield from self._cut_points(fact, before, facts)

    def _cut_points(self, fact: Fact, before: int, facts: Facts) -> Iterator[int]:
        starts = self._starts(fact.key, before, facts)
        for test in self.tests:
            if fact.key in test.keys:
                for start in starts:
                    yield from _crossings(test, fact.key, start, facts)

    def _starts(self, key: str, before: int, facts: Facts) -> list[int]:
        """Where straight lines begin: the value itself, and bends, and bends seen from those."""
        starts = [before]
        bends = [bend for bend in self.bends if key in bend.keys]
        for start in starts:
            for bend in bends:
                found = _crossings(bend, key, start, facts)
                starts += [value for value in found if value not in starts]
            if len(starts) > _MOST_STARTS:
                break
        return starts

    # --- time --------------------------------------------------------------------------------

    def _wait(self, facts: Facts) -> OneStep | None:
        for day, node in sorted(self._ripe_days(facts), key=lambda pair: pair[0]):
            if day <= self.on or not self.policy.in_force(day):
                continue
            interpreter = Interpreter(self.jurisdiction.moment(day), facts)
            if all(interpreter.condition(c.condition) for c in self.policy.criteria):
                days = (day - self.on).days
                text = self.jurisdiction.texts["wait_days"].format(days=days, date=day)
                stored = facts.get(node.fact.key)
                return OneStep(node.fact, stored, stored, day, text, min(days / 365, 1.0))
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

    # --- words -------------------------------------------------------------------------------

    def _described(self, fact: Fact, before: int, after: int) -> OneStep:
        effort = 1.0
        if fact.type == "number":
            effort = abs(after - before) / max(abs(after), abs(before))
        elif fact.type == "date":
            effort = min(abs(after - before) / 365, 1.0)
        return OneStep(fact, before, after, None, self._words(fact, before, after), effort)

    def _words(self, fact: Fact, before: int, after: int) -> str:
        texts, model = self.jurisdiction.texts, fact.model
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


def _tests(condition: ir.Bool) -> Iterator[_Test]:
    for node in ir.walk(condition):
        if isinstance(node, ir.Ge | ir.Eq):
            bound = node.bound if isinstance(node, ir.Ge) else node.value
            yield _Test(compile_number(node.item), bound, frozenset(ir.fact_keys(node)))


def _bends(rule: Rule, builder: ir.Builder) -> Iterator[_Test]:
    for node in ir.walk(rule.condition):
        if isinstance(node, ir.Min | ir.Max):
            difference = builder.sub(node.left, node.right)
            yield _Test(compile_number(difference), 0, frozenset(ir.fact_keys(node)))
        elif isinstance(node, ir.Choose):
            yield from _tests(node.condition)


def _crossings(test: _Test, key: str, before: int, facts: Facts) -> Iterator[int]:
    """Values of the fact around which the test changes, its number being linear near ``before``."""
    here = test.number({**facts, key: before})
    there = test.number({**facts, key: before + 1})
    if here is None or there is None or here == there:
        return
    steps = -(-(test.bound - here) // (there - here))
    yield from (before + steps + shift for shift in (-1, 0, 1))
