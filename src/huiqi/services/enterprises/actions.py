"""What changes around a firm's file: who has looked is kept."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from huiqi.kernel.access import Actor
from huiqi.kernel.audit.recording import record_look
from huiqi.kernel.parties.models import Enterprise


@transaction.atomic
def look(enterprise: Enterprise, *, by: Actor, at: datetime) -> None:
    """Keep that somebody opened the file: officials and auditors, once a person and hour."""
    if by.enterprise_id != enterprise.pk:
        record_look(
            by=by,
            subject_kind="enterprise",
            subject=enterprise.credit_code,
            area=enterprise.area,
            at=at,
        )
