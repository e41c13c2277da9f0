"""How far policies reached: told, read, acted on; in one's own area."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q

from huiqi.kernel.access import Actor
from huiqi.kernel.definitions.rulebook import rulebook
from huiqi.kernel.notices.models import Notice
from huiqi.kernel.parties.queries import enterprises
from huiqi.kernel.standings.models import TAKEN, Push, TakeUp
from huiqi.services.outreach.service import KIND


@dataclass(frozen=True)
class Reach:
    """Of one policy: firms it was pushed to, firms somebody of which was told, read, applied."""

    policy: str
    title: str
    published: date | None
    pushed: int
    notified: int
    read: int
    applied: int


def reach(actor: Actor) -> list[Reach]:
    """By policy, the most pushed first."""
    notices = Notice.objects.filter(kind=KIND, key=OuterRef("key"))
    taken = TakeUp.objects.filter(
        enterprise=OuterRef("enterprise"), policy=OuterRef("policy"), state__in=TAKEN
    )
    rows = (
        Push.objects.filter(enterprise__in=enterprises(actor))
        .annotate(
            told=Exists(notices),
            was_read=Exists(notices.filter(read_at__isnull=False)),
            taken=Exists(taken),
        )
        .values("policy")
        .annotate(
            pushed=_firms(Q()),
            notified=_firms(Q(told=True)),
            read=_firms(Q(was_read=True)),
            applied=_firms(Q(taken=True)),
        )
        .order_by("-pushed", "policy")
    )
    return [_reach(row) for row in rows]


def _firms(which: Q) -> Count:
    return Count("enterprise", distinct=True, filter=which)


def _reach(row: Mapping[str, Any]) -> Reach:
    key = row["policy"]
    editions = [policy for policy in rulebook().policies if policy.key == key]
    latest = editions[-1] if editions else None
    return Reach(
        key,
        latest.title if latest else key,
        latest.model.valid.from_ if latest else None,
        row["pushed"],
        row["notified"],
        row["read"],
        row["applied"],
    )


def chart(rows: Iterable[Reach]) -> dict[str, object]:
    """The same figures for the picture: names, and a row of numbers each."""
    rows = list(rows)[:15]
    return {
        "kind": "bars",
        "categories": [row.title for row in rows],
        "series": [
            {"name": "推送", "values": [row.pushed for row in rows]},
            {"name": "通知到人", "values": [row.notified for row in rows]},
            {"name": "已读", "values": [row.read for row in rows]},
            {"name": "已办", "values": [row.applied for row in rows]},
        ],
    }


def evidence(on: date) -> str:
    """For the duty register: pushes and readers up to a day."""
    pushes = Push.objects.filter(pushed_at__date__lte=on)
    read = Notice.objects.filter(kind=KIND, read_at__date__lte=on)
    return (
        f"精准推送 {pushes.count():,} 次，涉及企业 "
        f"{pushes.values('enterprise').distinct().count():,} 家；已读 {read.count():,} 条。"
    )
