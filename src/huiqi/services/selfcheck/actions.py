"""Taking the answers of a self-check into the file of the firm one acts for."""

from __future__ import annotations

from datetime import date

from huiqi.kernel.access import Actor
from huiqi.kernel.facts import actions as facts
from huiqi.services.selfcheck import queries
from huiqi.services.selfcheck.rules import Answers


def save(answers: Answers, *, by: Actor, on: date) -> int:
    """Declare what differs from the file; how many facts. Raises NotAllowed, NotFound, Invalid."""
    found, changes = queries.differences(by, answers, on)
    facts.declare(found, {one.fact.key: one.stored for one in changes}, by=by, on=on)
    return len(changes)
