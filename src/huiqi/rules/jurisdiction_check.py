"""Checks a jurisdiction as a whole: files, meaning and examples (``huiqi check``)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from huiqi.rules import examples, size
from huiqi.rules.errors import DefinitionError, Problem
from huiqi.rules.jurisdiction import Jurisdiction, load_jurisdiction, shown_path
from huiqi.rules.policy_check import check_policy


def check_jurisdiction(
    root: Path, code: str, report: Callable[[str], None] = lambda _: None
) -> tuple[Jurisdiction | None, list[Problem]]:
    """Load a jurisdiction and run everything its files promise; ``report`` hears of progress."""
    try:
        jurisdiction = load_jurisdiction(root, code)
    except DefinitionError as error:
        return None, error.problems
    problems: list[Problem] = []
    for standard in jurisdiction.size_standards:
        report(standard.model.title)
        problems += size.run_examples(standard, jurisdiction.vocabulary)
    for policy in jurisdiction.policies:
        report(policy.title)
        found = check_policy(policy, jurisdiction)
        problems += found or examples.run_examples(policy, jurisdiction)
    return jurisdiction, sorted(set(problems))


def check_files(
    root: Path, code: str, files: list[Path], report: Callable[[str], None] = lambda _: None
) -> list[Problem]:
    """Check policy files alone, against the vocabulary and parameters of a jurisdiction."""
    try:
        jurisdiction = load_jurisdiction(root, code, extra_policies=files)
    except DefinitionError as error:
        return error.problems
    wanted = {shown_path(root, path) for path in files}
    problems: list[Problem] = []
    for policy in jurisdiction.policies:
        if policy.document.file in wanted:
            report(policy.title)
            found = check_policy(policy, jurisdiction)
            problems += found or examples.run_examples(policy, jurisdiction)
    return sorted(set(problems))
