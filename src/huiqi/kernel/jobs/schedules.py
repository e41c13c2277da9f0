"""Work that is due again and again: declared in manifests, run once when due.

Any number of workers and cron jobs may tick at the same moment: whoever changes the row of a
schedule first has the run.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import datetime

from django.db import transaction
from django_tasks import task

from huiqi.kernel.definitions.rulebook import look_again
from huiqi.kernel.jobs.models import ScheduleRun
from huiqi.kernel.jobs.reaping import reap
from huiqi.kernel.registry import Schedule, resolve, services

logger = logging.getLogger(__name__)


def schedules() -> dict[str, Schedule]:
    """All schedules of the manifests by key."""
    return {one.key: one for service in services() for one in service.schedules}


def enqueue_due(at: datetime) -> list[str]:
    """Put what is due into the queue; returns the keys. Claim and queue commit together."""
    reap(at)
    begun = []
    for schedule in schedules().values():
        with transaction.atomic():
            if claim(schedule, at):
                run_schedule.enqueue(key=schedule.key, at=at.isoformat())
                begun.append(schedule.key)
    return begun


def run_due(at: datetime) -> Iterator[tuple[Schedule, Exception | None]]:
    """Run here and now what is due; a fault of one stops no other."""
    reap(at)
    for schedule in schedules().values():
        if not claim(schedule, at):
            continue
        look_again()
        try:
            resolve(schedule.task)(at)
        except Exception as error:
            logger.exception("schedule %s", schedule.key)
            yield schedule, error
        else:
            yield schedule, None


@task()
def run_schedule(key: str, at: str) -> None:
    """One run of one schedule. A schedule that no manifest has any more is not run."""
    schedule = schedules().get(key)
    if schedule is not None:
        look_again()
        resolve(schedule.task)(datetime.fromisoformat(at))


def claim(schedule: Schedule, at: datetime) -> bool:
    """Whether a schedule is due at a moment and this caller has the run."""
    row, _ = ScheduleRun.objects.get_or_create(key=schedule.key)
    if row.ran_at is not None:
        since = at - row.ran_at
        # A run far in the future was a trial of that day: it must not stop the clock until then.
        if -schedule.every <= since < schedule.every:
            return False
    unchanged = ScheduleRun.objects.filter(key=schedule.key, ran_at=row.ran_at)
    return bool(unchanged.update(ran_at=at))
