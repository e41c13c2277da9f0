"""Writing audit events; called inside the transaction of the change it records."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from huiqi.kernel.access import Actor
from huiqi.kernel.audit.models import Event


def record(
    action: str,
    *,
    by: Actor,
    subject_kind: str,
    subject: str,
    area: str = "",
    before: Any = None,
    after: Any = None,
    basis: str = "",
) -> Event:
    """Add one event. ``before`` and ``after`` are plain data (JSON)."""
    return Event.objects.create(
        actor_id=by.user_id,
        actor_name=by.name,
        actor_role=by.role or by.kind,
        on_behalf=by.on_behalf,
        action=action,
        subject_kind=subject_kind,
        subject=subject,
        area=area,
        before=before,
        after=after,
        basis=basis,
        origin=by.origin,
        request_number=by.request_number,
    )


def record_look(
    *, by: Actor, subject_kind: str, subject: str, area: str = "", at: datetime
) -> Event | None:
    """Say that somebody looked at a file: once a person, file and clock hour, else None."""
    hour = at.replace(minute=0, second=0, microsecond=0)
    action = looked(subject_kind)
    seen = Event.objects.filter(
        subject_kind=subject_kind, subject=subject, at__gte=hour, action=action
    )
    if seen.filter(actor_id=by.user_id, actor_name=by.name, on_behalf=by.on_behalf).exists():
        return None
    return record(action, by=by, subject_kind=subject_kind, subject=subject, area=area)


def looked(subject_kind: str) -> str:
    """Action of an event that says somebody opened a file and changed nothing."""
    return f"{subject_kind}.looked"
