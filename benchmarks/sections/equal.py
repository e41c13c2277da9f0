"""Answers are compared before anything is measured."""

from __future__ import annotations

from collections.abc import Mapping

from benchmarks.form import Answers


class DifferentAnswersError(AssertionError):
    """An engine that should be right is not; its time would mean nothing."""


def differing(answers: Answers, expected: Answers) -> int:
    """Policies for which one of the four numbers differs."""
    pairs = zip(answers.rows(), expected.rows(), strict=True)
    return sum(ours != theirs for ours, theirs in pairs)


def check(found: Mapping[str, Answers], *, inexact: frozenset[str]) -> dict[str, int]:
    """Wrong policies by contender; the first one is the measure. Only the ``inexact`` may differ.

    Raises DifferentAnswersError.
    """
    expected = next(iter(found.values()))
    wrong = {name: differing(answers, expected) for name, answers in found.items()}
    for name, count in wrong.items():
        if count and name not in inexact:
            raise DifferentAnswersError(f"{name} differs for {count} policies")
    return wrong
