"""What changes around a firm's file: who has looked is kept."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from huiqi.kernel.access import Actor
from huiqi.kernel.audit.models import Event
from huiqi.kernel.audit.recording import record
from huiqi.kernel.parties.models import Enterprise
from huiqi.services.enterprises.queries import LOOKED


@transaction.atomic
def look(enterprise: Enterprise, *, by: Actor, at: datetime) -> None:
    """Keep that somebody opened the file: officials and auditors, once a person and hour."""
    if by.enterprise_id == enterprise.pk:
        return
    hour = at.replace(minute=0, second=0, microsecond=0)
    seen = Event.objects.filter(
        action=LOOKED,
        subject_kind="enterprise",
        subject=enterprise.credit_code,
        actor_id=by.user_id,
        at__gte=hour,
    )
    if not seen.exists():
        record(
            LOOKED,
            by=by,
            subject_kind="enterprise",
            subject=enterprise.credit_code,
            area=enterprise.area,
        )
