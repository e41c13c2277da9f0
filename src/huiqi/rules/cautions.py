"""Words of caution that go with a policy wherever it is shown: 示例, and how sure its text is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from huiqi.rules.policy import Policy

CONFIDENCES = ("low", "medium", "high", "verified")
"""From the least sure to the surest."""


def least_confidence(policy: Policy) -> str:
    """How sure the least sure part of a policy is: a result is no surer than that."""
    return min(_confidences(policy), key=CONFIDENCES.index)


def _confidences(policy: Policy) -> Iterator[str]:
    yield policy.model.confidence
    yield from (criterion.confidence for criterion in policy.criteria)
    if policy.model.benefit.confidence:
        yield policy.model.benefit.confidence
    for parameter in policy.parameters:
        yield from (value.confidence for value in parameter.values)


def marks(policy: Policy, texts: Mapping[str, str]) -> list[str]:
    """Single words, for tables."""
    found = []
    if policy.model.status == "illustrative":
        found.append(texts["mark_illustrative"])
    elif least_confidence(policy) != "verified":
        found.append(texts["mark_unverified"])
    return found


def cautions(policy: Policy, texts: Mapping[str, str]) -> list[str]:
    """Whole sentences."""
    if policy.model.status == "illustrative":
        return [texts["illustrative"]]
    confidence = least_confidence(policy)
    return [] if confidence == "verified" else [texts[f"confidence_{confidence}"]]
