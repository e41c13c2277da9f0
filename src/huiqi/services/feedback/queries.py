"""Reports as those who handle them see them."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import QuerySet

from huiqi.kernel.access import Actor
from huiqi.kernel.errors import NotFound
from huiqi.services.feedback.models import Report


def reports(actor: Actor) -> QuerySet[Report]:
    """All reports, for those who handle them; nobody else sees any."""
    if not actor.may("feedback.handle"):
        return Report.objects.none()
    return Report.objects.select_related("handled_by")


def report(actor: Actor, number: str) -> Report:
    """Raises NotFound."""
    try:
        return reports(actor).get(number=number)
    except Report.DoesNotExist:
        raise NotFound("没有这条找错记录。") from None


def sent_lately(at: datetime, within: timedelta) -> int:
    """How many reports have come in of late."""
    return Report.objects.filter(sent_at__gt=at - within).count()
