"""Work as its starter sees it; administrators see how it goes, not what comes out."""

from __future__ import annotations

from django.db.models import QuerySet

from huiqi.kernel.access import Actor
from huiqi.kernel.errors import NotFound
from huiqi.kernel.jobs.models import Work


def mine(actor: Actor) -> QuerySet[Work]:
    """What a person has started."""
    if actor.user_id is None:
        return Work.objects.none()
    return Work.objects.filter(started_by_id=actor.user_id)


def everybodys(actor: Actor) -> QuerySet[Work]:
    """All work, for those who look after the platform: without parameters and results."""
    if not actor.may("jobs.manage"):
        return Work.objects.none()
    return Work.objects.defer("params", "result")


def work(actor: Actor, number: int) -> Work:
    """One's own work, or without parameters and result any. Raises NotFound."""
    found = mine(actor).filter(pk=number).first()
    if found is None:
        found = everybodys(actor).filter(pk=number).first()
        if found is None:
            raise NotFound("没有这项任务。", "任务只有发起人能看到。")
        found.result, found.params = {}, {}
    return found
