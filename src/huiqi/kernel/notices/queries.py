"""Notices as their receiver sees them: a person's own, of firms they still act for."""

from __future__ import annotations

from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from huiqi.kernel.access import Actor
from huiqi.kernel.errors import Invalid, NotFound
from huiqi.kernel.notices.kinds import kinds
from huiqi.kernel.notices.models import Delivery, Notice, Preference
from huiqi.kernel.notices.stopping import read_stop_token
from huiqi.kernel.parties.queries import memberships
from huiqi.kernel.registry import NoticeKind


def notices(actor: Actor, on: date) -> QuerySet[Notice]:
    """What was sent to a person up to a day.

    A notice for an enterprise is shown only as long as the person acts for that enterprise.
    """
    if actor.user_id is None:
        return Notice.objects.none()
    acting = memberships(actor.user_id, on).filter(enterprise=OuterRef("enterprise"))
    mine = Notice.objects.filter(user_id=actor.user_id, due_on__lte=on)
    return mine.filter(Q(enterprise=None) | Exists(acting.order_by())).select_related("enterprise")


def notice(actor: Actor, number: int, on: date) -> Notice:
    """One of ``notices``. Raises NotFound."""
    try:
        return notices(actor, on).get(pk=number)
    except Notice.DoesNotExist:
        raise NotFound("没有这条消息。", "它可能已被删除，或者不是发给您的。") from None


def unread(actor: Actor, on: date) -> int:
    """How many notices a person has not read yet."""
    return notices(actor, on).filter(read_at=None).count()


def deliveries(notice: Notice) -> QuerySet[Delivery]:
    """How a notice (one a person may see) went out besides the site."""
    return notice.deliveries.order_by("pk")


def preferences(actor: Actor) -> dict[NoticeKind, Preference]:
    """A person's wishes for every kind; where they said nothing, an unsaved row of the usual."""
    user_id = actor.user_id or 0
    said = {one.kind: one for one in Preference.objects.filter(user_id=user_id)}
    return {kind: said.get(key) or usual(user_id, kind) for key, kind in kinds().items()}


def stoppable(token: str) -> str:
    """Title of the kind of notice that a signed word can stop. Raises Invalid."""
    _, key = read_stop_token(token)
    kind = kinds().get(key)
    if kind is None or kind.required:
        raise Invalid("这一类通知必须送达，不能退订。")
    return kind.title


def usual(user_id: int, kind: NoticeKind) -> Preference:
    return Preference(
        user_id=user_id, kind=kind.key, frequency=kind.frequency, channels=list(kind.channels)
    )
