"""Background work of the outbox."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django_tasks import task

from huiqi.kernel.notices.outbox import send_due

_DIGESTS_FROM = 8
"""Digests go out from this hour on, so that they lie there when people begin to work."""


@task()
def send() -> None:
    """Send now what was put into the outbox for now."""
    at = timezone.localtime()
    send_due(at.date(), at, digests=False)


def sweep(on: datetime) -> int:
    """Everything that has become due: reminders, digests, letters to be tried again."""
    at = timezone.localtime(on)
    return send_due(at.date(), at, digests=at.hour >= _DIGESTS_FROM)
