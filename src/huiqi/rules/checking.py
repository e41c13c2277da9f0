"""Checks a jurisdiction as a whole: files, meaning and examples (``huiqi check``)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from huiqi.rules import examples, size
from huiqi.rules.checker import SIZE_FORMULA, Scope
from huiqi.rules.errors import DefinitionError, ExpressionError, Problem
from huiqi.rules.jurisdiction import Jurisdiction, load_jurisdiction, shown_path
from huiqi.rules.program import check_policy


def check_jurisdiction(
    root: Path, code: str, report: Callable[[str], None] = lambda _: None
) -> tuple[Jurisdiction | None, list[Problem]]:
    """Load a jurisdiction and run everything its files promise; ``report`` hears of progress."""
    try:
        jurisdiction = load_jurisdiction(root, code)
    except DefinitionError as error:
        return None, error.problems
    problems = [*_derived_facts(jurisdiction)]
    for standard in jurisdiction.size_standards:
        report(standard.model.title)
        problems += size.run_examples(standard, jurisdiction.vocabulary)
    for policy in jurisdiction.policies:
        report(policy.title)
        found = check_policy(policy, jurisdiction)
        problems += found or examples.run_examples(policy, jurisdiction)
    return jurisdiction, sorted(set(problems))


def _derived_facts(jurisdiction: Jurisdiction) -> Iterator[Problem]:
    """Formulas of derived facts, checked even when no policy uses them."""
    scope = Scope(jurisdiction.vocabulary)
    for fact in jurisdiction.vocabulary.facts.values():
        if not fact.model.derived or fact.model.derived == SIZE_FORMULA:
            continue
        try:
            scope.derived(fact)
        except ExpressionError as error:
            yield Problem("vocabulary", 1, f"{fact.name} 的推算式：{error.described()}")


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
