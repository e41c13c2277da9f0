"""Checks that what is in force on one day can be evaluated on it (``huiqi check --on``)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from huiqi.rules.errors import DefinitionError, Problem
from huiqi.rules.jurisdiction import Jurisdiction
from huiqi.rules.lowering import Lowering
from huiqi.rules.policy import Policy
from huiqi.rules.program import lower_policy


def check_day(policies: Iterable[Policy], jurisdiction: Jurisdiction, on: date) -> list[Problem]:
    """Parameters without a value, and no size standard, on that day."""
    problems = list(_size_standard(jurisdiction, on))
    for policy in policies:
        if not policy.in_force(on):
            continue
        try:
            lower_policy(policy, Lowering.on(jurisdiction.moment(on), jurisdiction.vocabulary))
        except DefinitionError as error:
            problems += error.problems
    return problems


def day_notes(policies: Iterable[Policy], jurisdiction: Jurisdiction, on: date) -> list[str]:
    """What is no fault but should be known of the day."""
    name = jurisdiction.profile.short_name
    in_force = sum(policy.in_force(on) for policy in policies)
    notes = [f"{name}：{on} 有 {in_force} 项政策在有效期内"]
    if on.year not in jurisdiction.calendar.known_years:
        notes.append(f"{name}：节假日表里没有 {on.year} 年，工作日只按周末推算，是暂定的")
    return notes


def _size_standard(jurisdiction: Jurisdiction, on: date) -> Iterator[Problem]:
    """A day between two editions, before the first or after the last."""
    standards = jurisdiction.size_standards
    if any(standard.model.valid.contains(on) for standard in standards):
        return
    for standard in standards:
        valid = standard.model.valid
        span = f"{valid.from_ or '…'} 至 {valid.to or '…'}"
        message = f"{on} 没有施行的企业划型标准；这一版的有效期是 {span}"
        yield standard.document.problem(("valid",), message)
