"""Checks a jurisdiction as a whole: files, meaning and examples (``huiqi check``)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from huiqi.rules import examples, size
from huiqi.rules.day_check import check_day, day_notes
from huiqi.rules.errors import DefinitionError, Problem
from huiqi.rules.jurisdiction import Jurisdiction, load_jurisdiction
from huiqi.rules.jurisdiction_files import shown_path
from huiqi.rules.policy import Policy
from huiqi.rules.policy_check import check_policy


@dataclass(frozen=True)
class Checked:
    """What was found: faults, and what should be known of the day that was asked about."""

    problems: list[Problem]
    notes: list[str] = field(default_factory=list)


def check_jurisdiction(
    root: Path,
    code: str,
    report: Callable[[str], None] = lambda _: None,
    on: date | None = None,
) -> Checked:
    """Load a jurisdiction and run everything its files promise; ``report`` hears of progress."""
    try:
        jurisdiction = load_jurisdiction(root, code)
    except DefinitionError as error:
        return Checked(error.problems)
    problems: list[Problem] = []
    for standard in jurisdiction.size_standards:
        report(standard.model.title)
        problems += size.run_examples(standard, jurisdiction.vocabulary)
    return _checked(jurisdiction.policies, jurisdiction, report, on, problems)


def check_files(
    root: Path,
    code: str,
    files: list[Path],
    report: Callable[[str], None] = lambda _: None,
    on: date | None = None,
) -> Checked:
    """Check policy files alone, against the vocabulary and parameters of a jurisdiction."""
    try:
        jurisdiction = load_jurisdiction(root, code, extra_policies=files)
    except DefinitionError as error:
        return Checked(error.problems)
    wanted = {shown_path(root, path) for path in files}
    policies = [p for p in jurisdiction.policies if p.document.file in wanted]
    return _checked(policies, jurisdiction, report, on, [])


def _checked(
    policies: Sequence[Policy],
    jurisdiction: Jurisdiction,
    report: Callable[[str], None],
    on: date | None,
    problems: list[Problem],
) -> Checked:
    for policy in policies:
        report(policy.title)
        found = check_policy(policy, jurisdiction)
        problems += found or examples.run_examples(policy, jurisdiction)
    if on is None:
        return Checked(sorted(set(problems)))
    problems += check_day(policies, jurisdiction, on)
    return Checked(sorted(set(problems)), day_notes(policies, jurisdiction, on))
