"""How firms stand: one firm by the explainer, all firms by the batch engine; the same answers."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import polars as pl

from huiqi.kernel.definitions.explainers import explainer
from huiqi.kernel.definitions.rulebook import rulebook
from huiqi.kernel.standings.models import Status
from huiqi.rules import ir
from huiqi.rules.determination import Determination, Firm
from huiqi.rules.matching import Matched, Matcher
from huiqi.rules.one_step import OneStep
from huiqi.rules.policy import Policy

ROWS = 50_000
"""Firms evaluated together: bounded memory, whatever the number of firms."""


class Outcome(NamedTuple):
    """How one firm stands under one policy. ``amount`` in fen; ``step`` in words."""

    status: str
    amount: int | None
    step: str
    effort: float | None
    rule_hash: str


def of_determination(found: Determination) -> Outcome:
    step = found.one_step if found.state == ir.FALSE else None
    return _outcome(found.state, found.amount, step, found.policy)


def of_firm(firm: Firm, on: date) -> dict[str, Outcome]:
    """One firm under all policies in force, by policy."""
    found = explainer(on).explain(firm)
    return {one.policy.key: of_determination(one) for one in found}


@dataclass(frozen=True, eq=False)
class Part:
    """Some firms under some policies, evaluated together."""

    matched: Matched
    enterprises: list[int]

    def outcomes(self, index: int, watched: Collection[int]) -> dict[int, Outcome]:
        """How they stand under one of the policies, by enterprise.

        Only those eligible or one step away, and those ``watched``: of the others nothing is kept.
        """
        policy, matched = self.matched.matcher.policies[index], self.matched
        rows = zip(
            self.enterprises,
            matched.statuses(index).tolist(),
            matched.amounts(index).to_list(),
            matched.one_steps(index),
            strict=True,
        )
        return {
            firm: _outcome(state, amount, step, policy)
            for firm, state, amount, step in rows
            if state == ir.TRUE or step is not None or firm in watched
        }


def parts(frame: pl.DataFrame, policies: Iterable[Policy], on: date) -> Iterator[Part]:
    """All firms of a frame (``enterprise_id``, ascending, and stored facts), some at a time."""
    matcher = Matcher.of(rulebook(), on, policies)
    for start in range(0, frame.height, ROWS):
        part = frame.slice(start, ROWS)
        yield Part(matcher.match(part), part["enterprise_id"].to_list())


def _outcome(state: int, amount: int | None, step: OneStep | None, policy: Policy) -> Outcome:
    if state == ir.TRUE:
        return Outcome(Status.ELIGIBLE, amount, "", None, policy.hash)
    if state == ir.UNKNOWN:
        return Outcome(Status.UNDETERMINED, None, "", None, policy.hash)
    if step is None:
        return Outcome(Status.INELIGIBLE, None, "", None, policy.hash)
    return Outcome(Status.ONE_STEP, None, step.text[:200], step.effort, policy.hash)
