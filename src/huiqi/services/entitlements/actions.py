"""A firm's people answer what is missing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from huiqi.kernel.access import Actor
from huiqi.kernel.audit import recording
from huiqi.kernel.facts import actions as facts
from huiqi.kernel.parties.models import Enterprise
from huiqi.services.entitlements import queries
from huiqi.services.entitlements.rules import Changes, changes


def answer(found: Enterprise, values: Mapping[str, int], *, by: Actor, on: date) -> Changes:
    """Declare missing facts and say what that changed. Raises NotAllowed, Invalid."""
    before = queries.sheet(by, found, on).findings
    facts.declare(found, values, by=by, on=on)
    found.refresh_from_db()
    return changes(before, queries.sheet(by, found, on).findings)


def look(found: Enterprise, *, by: Actor) -> None:
    """Record that somebody other than the firm's own people looked at what it is entitled to."""
    if by.enterprise_id != found.pk:
        recording.record(
            "entitlements.viewed",
            by=by,
            subject_kind="enterprise",
            subject=found.credit_code,
            area=found.area,
        )
