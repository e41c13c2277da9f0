"""The demonstration's standings: all synthetic firms looked at once, some marks made up."""

from __future__ import annotations

import zlib

from django.utils import timezone

from huiqi.kernel.access import system
from huiqi.kernel.facts import snapshots
from huiqi.kernel.standings import actions
from huiqi.kernel.standings.models import Standing, Status, TakeUp

_MARKS = {0: TakeUp.State.RECEIVED, 1: TakeUp.State.RECEIVED, 2: TakeUp.State.APPLIED}
"""Of ten eligible pairs two have received, one has applied, and …"""

_NOT_NEEDED = 9


def fill() -> None:
    on, at = timezone.localdate(), timezone.now()
    frame = snapshots.frame(snapshots.freeze(by=system("演示数据"), on=on))
    actions.refresh_all(frame, on=on, at=at)
    eligible = Standing.objects.filter(superseded_at=None, status=Status.ELIGIBLE)
    marks = dict(_MARKS) | {_NOT_NEEDED: TakeUp.State.NOT_NEEDED}
    TakeUp.objects.bulk_create(
        TakeUp(enterprise_id=firm, policy=policy, state=marks[place], marked_on=on)
        for firm, policy in eligible.values_list("enterprise_id", "policy")
        if (place := zlib.crc32(f"{firm}/{policy}".encode()) % 10) in marks
    )
