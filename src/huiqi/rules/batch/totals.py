"""What rules come to over many firms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class RuleTotals:
    """What one rule comes to."""

    eligible: int = 0
    undetermined: int = 0
    ineligible: int = 0
    amount: int = 0
    """Fen, over the eligible firms whose amount is known."""

    unknown_amounts: int = 0
    """Eligible firms whose amount is unknown (0 for a rule without an amount)."""

    def __add__(self, other: RuleTotals) -> RuleTotals:
        return RuleTotals(
            self.eligible + other.eligible,
            self.undetermined + other.undetermined,
            self.ineligible + other.ineligible,
            self.amount + other.amount,
            self.unknown_amounts + other.unknown_amounts,
        )


@dataclass(frozen=True)
class Totals:
    """What all rules of a program come to, in its order."""

    rows: int
    rules: tuple[RuleTotals, ...]

    @classmethod
    def none(cls, rules: int) -> Totals:
        return cls(0, (RuleTotals(),) * rules)

    def __add__(self, other: Totals) -> Totals:
        rules = zip(self.rules, other.rules, strict=True)
        return Totals(self.rows + other.rows, tuple(left + right for left, right in rules))

    @classmethod
    def sum(cls, parts: Sequence[Totals], rules: int) -> Totals:
        total = cls.none(rules)
        for part in parts:
            total = total + part
        return total
