"""Effort: how far a change of one fact is, and how far 差一步 may go."""

from __future__ import annotations

from fractions import Fraction

from huiqi.rules.vocabulary import FactDefinition

# One step, not a leap: a firm that would have to more than double a number, or cut it by more than
# half, would be another firm by then. It is better told that it is not close.
MOST_RAISED, MOST_CUT = Fraction(1), Fraction(1, 2)
"""Shares of the present value: at most doubled, at most halved."""

MOST_TRIMMED = Fraction(1, 10)
"""The same for what the vocabulary does not say is better lower (sales, income, assets): a firm
just over a bound should know, no firm should shrink for an allowance."""

# Of nothing every share is nothing, yet one hire, one patent or two days of training are a step.
MOST_COUNTED = 3
"""Of what is counted one by one, so many more or fewer are in reach whatever there is now."""


def effort(fact: FactDefinition, before: int, after: int) -> float:
    """Share of the larger value that changes; a yes/no or a choice counts as one."""
    if fact.type == "number":
        return abs(after - before) / max(abs(after), abs(before))
    return min(abs(after - before) / 365, 1.0) if fact.type == "date" else 1.0


def reach(fact: FactDefinition, before: int) -> tuple[int, int]:
    """The lowest and the highest value worth advising: allowed, not too far, the right way."""
    low, high = fact.bounds
    if fact.type == "number":
        cut = MOST_CUT if fact.model.changeable == "down" else MOST_TRIMMED
        counted = MOST_COUNTED if fact.is_integer else 0
        low = max(low, before - max(int(abs(before) * cut), counted))
        high = min(high, before + max(int(abs(before) * MOST_RAISED), counted))
    if fact.model.changeable == "up":
        low = max(low, before + 1)
    elif fact.model.changeable == "down":
        high = min(high, before - 1)
    return low, high
