"""Pure parts of the workshop: texts with their faults, the answers of a run."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import polars as pl

from huiqi.rules import ir
from huiqi.rules.errors import Problem
from huiqi.rules.matching import Matched
from huiqi.rules.policy import Policy

FIRMS_AT_A_TIME = 4_096
STATES = {ir.TRUE: "符合", ir.FALSE: "不符合", ir.UNKNOWN: "待定"}
_AROUND = 1


@dataclass(frozen=True)
class Line:
    """A line of a text with what is wrong on it."""

    number: int
    text: str
    messages: list[str]


def lines_with_faults(text: str, problems: Iterable[Problem]) -> list[Line | None]:
    """The lines with faults and one around each; None where lines are left out."""
    lines = text.splitlines() or [""]
    messages: dict[int, list[str]] = {}
    for problem in problems:
        messages.setdefault(min(max(problem.line, 1), len(lines)), []).append(problem.message)
    shown = sorted(
        {
            number
            for wrong in messages
            for number in range(wrong - _AROUND, wrong + _AROUND + 1)
            if 1 <= number <= len(lines)
        }
    )
    found: list[Line | None] = []
    for at, number in enumerate(shown):
        if at and shown[at - 1] != number - 1:
            found.append(None)
        found.append(Line(number, lines[number - 1], messages.get(number, [])))
    return found


def rulebook_hash(policies: Iterable[Policy]) -> str:
    """SHA-256 over the keys and hashes of policies: which rules a run was made with."""
    text = "\n".join(sorted(f"{policy.key} {policy.hash}" for policy in policies))
    return hashlib.sha256(text.encode()).hexdigest()


def answers(matched: Matched) -> Iterator[pl.DataFrame]:
    """One frame a policy: row of the snapshot, position of the policy, state, size, fen."""
    rows = matched.frame["row"].cast(pl.UInt32)
    sizes = pl.Series(matched.sizes.tolist(), dtype=pl.Categorical)
    for position in range(len(matched.matcher.policies)):
        yield pl.DataFrame(
            {
                "row": rows,
                "policy": pl.repeat(position, len(rows), dtype=pl.UInt16, eager=True),
                "state": pl.Series(matched.statuses(position)),
                "size": sizes,
                "amount": matched.amounts(position).cast(pl.Int64),
            }
        )
