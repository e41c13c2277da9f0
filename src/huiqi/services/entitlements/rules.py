"""What to ask a firm next, and what its answers changed. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from huiqi.rules.units import format_money
from huiqi.rules.vocabulary import FactDefinition
from huiqi.web.determinations import ELIGIBLE, OPEN, TITLES, Finding, Findings

MOST = 6
"""Facts asked for at a time."""

_MONEY = 3
"""What a fact counts that fixes the money of a policy the firm is eligible for."""


def most_useful(findings: Iterable[Finding]) -> list[FactDefinition]:
    """The missing facts that stand between the firm and most answers, the best first."""
    worth: Counter[str] = Counter()
    facts: dict[str, FactDefinition] = {}
    for finding in findings:
        for fact, _ in finding.missing:
            facts[fact.key] = fact
            # One of many missing facts settles little by itself.
            weight = _MONEY if finding.group == ELIGIBLE else 1
            worth[fact.key] += round(60 * weight / len(finding.missing))
    ranked = sorted(facts.values(), key=lambda fact: (-worth[fact.key], fact.position))
    return ranked[:MOST]


Summary = Mapping[str, tuple[str, int | None]]
"""Policy → group and amount."""


def summary(findings: Findings) -> dict[str, tuple[str, int | None]]:
    return {one.key: (one.group, one.amount) for one in findings.all}


@dataclass(frozen=True)
class Changes:
    """What was before, where it is different now."""

    before: Summary
    total: int
    """Fen in all, before."""

    def plain(self) -> dict[str, Any]:
        return {"b": {key: list(value) for key, value in self.before.items()}, "t": self.total}

    def notes(self) -> dict[str, str]:
        """By policy what it was, in words."""
        return {key: f"原来：{_words(*was)}" for key, was in self.before.items()}


def changes(before: Findings, after: Findings) -> Changes:
    """The difference an answer made."""
    now = summary(after)
    differing = {key: was for key, was in summary(before).items() if now.get(key) != was}
    return Changes(differing, before.money.total)


def read_changes(data: Any) -> Changes:
    """Raises KeyError, TypeError or ValueError for what ``plain`` did not make."""
    before = {str(key): (str(group), amount) for key, (group, amount) in data["b"].items()}
    return Changes(before, int(data["t"]))


def _words(group: str, amount: int | None) -> str:
    title = TITLES.get(group, TITLES[OPEN])
    return title if amount is None else f"{title}，{format_money(amount)}"
