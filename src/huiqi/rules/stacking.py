"""What a firm gets in all: of policies that exclude one another only the largest counts.

Money under real rules and under examples (示例) is never added together.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from huiqi.rules import ir
from huiqi.rules.determination import Determination


@dataclass
class Money:
    """Fen a firm is entitled to, as far as known."""

    total: int = 0
    """Under rules in force."""

    illustrative: int = 0
    """Under illustrative measures, beside what counts in ``total``."""

    unknown: int = 0
    """Policies the firm is eligible for whose amount needs more facts."""

    counted: set[str] = field(default_factory=set)
    """Keys of the policies whose amounts are in one of the sums."""

    passed_over: dict[str, str] = field(default_factory=dict)
    """Policies not counted → the policy of the same group that is."""


def add_up(determinations: Iterable[Determination]) -> Money:
    """The sums over the policies a firm is eligible for."""
    money = Money()
    groups: dict[str, list[Determination]] = {}
    for found in determinations:
        if found.state != ir.TRUE:
            continue
        if found.amount is None:
            money.unknown += found.policy.amount is not None
            continue
        group = found.policy.model.benefit.group or f"={found.policy.key}"
        groups.setdefault(group, []).append(found)
    for members in groups.values():
        _count(money, members)
    return money


def _count(money: Money, members: list[Determination]) -> None:
    # A real rule goes before an example, whatever the example promises.
    best = min(members, key=lambda one: (is_illustrative(one), -(one.amount or 0)))
    money.counted.add(best.policy.key)
    if is_illustrative(best):
        money.illustrative += best.amount or 0
    else:
        money.total += best.amount or 0
    for other in members:
        if other is not best:
            money.passed_over[other.policy.key] = best.policy.key


def is_illustrative(found: Determination) -> bool:
    return found.policy.model.status == "illustrative"
