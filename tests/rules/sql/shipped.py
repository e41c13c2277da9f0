"""The policies that are shipped, and firms around their bounds.

Every comparison of a rule is met, missed and hit exactly by some firm.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from random import Random

from huiqi.rules import ir
from huiqi.rules.jurisdiction import Jurisdiction
from huiqi.rules.policy import Policy
from huiqi.rules.program import Program, Rule, compile_policies
from huiqi.rules.simulation import day_in_force
from huiqi.rules.sql.statements import Label, labels
from huiqi.rules.vocabulary import FactDefinition, Vocabulary
from tests.rules.policies import ROOT
from tests.rules.sql.engines import Firm

PLACES = sorted({path.parts[-3] for path in ROOT.glob("*/policies/*.yaml")})
"""Folders of places that have policies of their own."""

ON = date(2026, 11, 24)
UNKNOWN = 0.15


def occasions(place: Jurisdiction) -> dict[date, list[Policy]]:
    """The files of a place's own folder, each on ``ON`` or the nearest day it is in force."""
    folder = f"/{place.profile.code}/"
    days: dict[date, list[Policy]] = defaultdict(list)
    for policy in place.policies:
        if folder in policy.document.file:
            days[day_in_force(policy, ON)].append(policy)
    return days


def compiled(
    place: Jurisdiction, policies: Sequence[Policy], on: date
) -> tuple[Program, list[list[Label]]]:
    """The policies, and once more each amount for everybody: few firms are eligible."""
    program = compile_policies(policies, place.vocabulary, place.moment(on))
    always = program.builder.truth(True)
    amounts = [
        Rule(f"{rule.key}_for_all", (always,), always, rule.amount)
        for rule in program.rules
        if rule.amount is not None
    ]
    names = [labels(policy) for policy in policies] + [[Label("always", "")] for _ in amounts]
    return Program.of([*program.rules, *amounts], program.builder), names


def firms_near(program: Program, vocabulary: Vocabulary, count: int, seed: int) -> list[Firm]:
    """Random firms, most of their facts at or beside a bound that a rule tests."""
    marks = _marks(program)
    random = Random(seed)
    facts = [vocabulary[key] for key in program.facts]
    return [
        {fact.key: _value(fact, marks[fact.key], random) for fact in facts} for _ in range(count)
    ]


def _marks(program: Program) -> dict[str, list[int]]:
    """Stored values at which some answer changes, by fact."""
    marks: dict[str, list[int]] = defaultdict(list)
    roots: list[ir.Node] = []
    for rule in program.rules:
        roots += [*rule.criteria, *([] if rule.amount is None else [rule.amount])]
    for node in ir.walk(*roots):
        match node:
            case ir.Ge(ir.Fact(key), bound) | ir.Eq(ir.Fact(key), bound):
                marks[key] += [bound - 1, bound, bound + 1]
            case ir.InCodes(ir.Fact(key), yes, maybe):
                marks[key] += [*maybe, *(end for span in yes for end in (*span, span[1] + 1))]
            case ir.HasBits(ir.Fact(key), mask):
                marks[key] += [mask, mask & -mask, 0]
            case _:
                pass
    return marks


def _value(fact: FactDefinition, marks: Sequence[int], random: Random) -> int | None:
    if random.random() < UNKNOWN:
        return None
    low, high = fact.bounds
    if marks and random.random() < 0.8:
        return min(max(random.choice(marks), low), high)
    if fact.type == "number" and random.random() < 0.8:
        # Small numbers are likelier than their share of the range.
        high = min(high, 10 ** random.randint(1, 13))
    return random.randint(low, max(low, high))
