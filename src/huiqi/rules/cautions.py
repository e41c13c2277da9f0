"""Words of caution that go with a policy wherever it is shown: 示例, and how sure its text is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from huiqi.rules import typed
from huiqi.rules.lowering import Moment
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


def marks(policy: Policy, moment: Moment, texts: Mapping[str, str]) -> list[str]:
    """Single words, for tables."""
    found = []
    if policy.model.status == "illustrative":
        found.append(texts["mark_illustrative"])
    elif least_confidence(policy) != "verified":
        found.append(texts["mark_unverified"])
    if provisional_years(policy, moment):
        found.append(texts["mark_provisional"])
    return found


def cautions(policy: Policy, moment: Moment, texts: Mapping[str, str]) -> list[str]:
    """Whole sentences."""
    years = provisional_years(policy, moment)
    return _on_the_text(policy, texts) + [texts["provisional"].format(year=y) for y in years]


def provisional_years(policy: Policy, moment: Moment) -> list[int]:
    """Years without a holiday schedule 节假日安排 through which the policy counts working days."""
    found: set[int] = set()
    nodes = (c.condition for c in policy.criteria)
    amounts = (n for n in (policy.amount, policy.cap) if n is not None)
    for node in typed.walk(*nodes, *amounts):
        if isinstance(node, typed.Elapsed) and node.unit == "workdays":
            found |= moment.provisional_years(node)
    return sorted(found)


def _on_the_text(policy: Policy, texts: Mapping[str, str]) -> list[str]:
    if policy.model.status == "illustrative":
        return [texts["illustrative"]]
    confidence = least_confidence(policy)
    return [] if confidence == "verified" else [texts[f"confidence_{confidence}"]]
