"""Versions as officials see them, and as the public sees those that were published."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from huiqi.kernel.access import Actor
from huiqi.kernel.definitions.models import DefinitionVersion
from huiqi.kernel.errors import NotFound


def versions(key: str) -> QuerySet[DefinitionVersion]:
    """Published versions of a policy, the newest first: they are public."""
    published = DefinitionVersion.objects.filter(kind="policy", key=key, approved_at__isnull=False)
    return published.order_by("-effective_from", "-approved_at", "-pk")


def drafts(actor: Actor) -> QuerySet[DefinitionVersion]:
    """All versions, open and closed, for officials and auditors; for others none."""
    if not actor.may("definitions.read"):
        return DefinitionVersion.objects.none()
    return DefinitionVersion.objects.select_related(
        "drafted_by", "saved_by", "submitted_by", "approved_by"
    )


def open_drafts(actor: Actor) -> QuerySet[DefinitionVersion]:
    """Those neither approved nor given up."""
    return drafts(actor).filter(approved_at=None, discarded_at=None)


def draft(actor: Actor, number: int) -> DefinitionVersion:
    """Raises NotFound."""
    try:
        return drafts(actor).get(pk=number)
    except DefinitionVersion.DoesNotExist:
        raise NotFound("没有这一稿。", "请从政策工坊的列表中进入。") from None


def open_draft_of(actor: Actor, key: str) -> DefinitionVersion | None:
    """The draft somebody has begun of a policy."""
    return open_drafts(actor).filter(key=key).first()


def waiting_for(actor: Actor) -> QuerySet[DefinitionVersion]:
    """Submitted versions that a person may decide on: none they have written at."""
    submitted = open_drafts(actor).filter(submitted_at__isnull=False)
    if not actor.may("definitions.approve"):
        return submitted.none()
    mine = Q(drafted_by=actor.user_id) | Q(saved_by=actor.user_id) | Q(submitted_by=actor.user_id)
    return submitted.exclude(mine)
