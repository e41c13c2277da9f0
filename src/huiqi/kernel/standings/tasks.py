"""Standings follow events: named as handlers by the service that shows them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

import polars as pl
from django.db.models import Q
from django.utils import timezone

from huiqi.kernel.access import system
from huiqi.kernel.definitions.rulebook import rulebook
from huiqi.kernel.errors import Unavailable
from huiqi.kernel.facts import snapshots
from huiqi.kernel.facts.models import Snapshot
from huiqi.kernel.facts.queries import latest_snapshot
from huiqi.kernel.standings import actions

_JOB = "认定结果更新"


def facts_changed(enterprise_id: int, keys: Sequence[str]) -> None:
    """The facts of one firm have changed."""
    del keys  # a firm is evaluated as a whole: it takes a millisecond
    actions.refresh_firm(enterprise_id, on=timezone.localdate(), at=timezone.now())


def policy_published(policy: str, version_id: int | None = None) -> None:
    """A policy is new or has a new version: all firms are looked at under it."""
    del version_id  # the rulebook has the version that applies
    on = timezone.localdate()
    try:
        found = rulebook().policy(policy, on)
    except LookupError:
        return  # published for a later day: the daily look finds it then
    actions.refresh_policy(_frame(on), found, on=on, at=timezone.now())


def policy_retired(policy: str) -> None:
    if not any(one.key == policy for one in rulebook().in_force(timezone.localdate())):
        actions.end(Q(policy=policy), at=timezone.now())


def snapshot_frozen(snapshot_id: int) -> None:
    """All firms under all policies, on the newest facts."""
    snapshot = Snapshot.objects.get(pk=snapshot_id)
    if snapshot.on == timezone.localdate():
        frame = snapshots.frame(snapshot)
        actions.refresh_all(frame, on=snapshot.on, at=timezone.now())


def daily(on: datetime) -> None:
    """A new day: terms are reached and policies begin and end without anybody changing a thing."""
    snapshots.freeze(by=system(_JOB), on=timezone.localtime(on).date())


def _frame(on: date) -> pl.DataFrame:
    """The facts of today: the snapshot there is, or a new one."""
    latest = latest_snapshot()
    if latest is not None and latest.on == on:
        try:
            return snapshots.frame(latest)
        except Unavailable:
            pass  # the file is gone; a new one is made
    return snapshots.frame(snapshots.freeze(by=system(_JOB), on=on))
