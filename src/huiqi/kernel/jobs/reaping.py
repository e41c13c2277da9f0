"""Bringing back what was lost: work of dead workers, tasks that failed, work that is due again.

The queue marks a task as running and knows no more: when its process is killed it stays so for
ever. Workers beat; a task whose worker has no fresh beat goes back to the queue.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from huiqi.kernel.jobs import running
from huiqi.kernel.jobs.models import Work, WorkerBeat

BEAT = timedelta(seconds=10)
SILENCE = timedelta(seconds=90)
"""A worker that has said nothing for so long is dead."""

_DEATHS = 3
"""A task that killed so many workers is to blame itself."""

_RETRIED_FOR = timedelta(days=2)
_RUN = running.run.module_path
_SCHEDULED = "huiqi.kernel.jobs.schedules.run_schedule"
_OWN_RETRIES = (_RUN, _SCHEDULED)
"""Work counts its tries itself; a schedule comes again by itself."""

logger = logging.getLogger(__name__)


def reap(at: datetime) -> None:
    """Bring back everything that can be brought back at a moment."""
    _bury_workers(at)
    _free_tasks(at)
    _retry_tasks(at)
    _enqueue_due(at)


def _bury_workers(at: datetime) -> None:
    WorkerBeat.objects.filter(beat_at__lt=at - SILENCE).delete()


def _free_tasks(at: datetime) -> None:
    """Tasks that run nowhere."""
    alive = set(WorkerBeat.objects.values_list("worker", flat=True))
    for one in DBTaskResult.objects.filter(status=TaskResultStatus.RUNNING):
        if one.worker_ids and one.worker_ids[-1] in alive:
            continue
        status = (
            TaskResultStatus.READY if len(one.worker_ids) < _DEATHS else TaskResultStatus.FAILED
        )
        same = DBTaskResult.objects.filter(
            pk=one.pk, status=TaskResultStatus.RUNNING, started_at=one.started_at
        )
        end = None if status == TaskResultStatus.READY else at
        if same.update(status=status, finished_at=end):
            logger.warning("task %s: its worker is gone, now %s", one.task_path, status)
            if one.task_path == _RUN:
                _free_work(one.args_kwargs["kwargs"]["work_id"], at, lost=end is not None)


def _free_work(work_id: int, at: datetime, *, lost: bool) -> None:
    running_now = Work.objects.filter(pk=work_id, state=Work.State.RUNNING)
    if not lost:
        running_now.update(state=Work.State.QUEUED, message="处理进程意外中断，自动重新开始")
        return
    for work in running_now:
        work.write(
            state=Work.State.FAILED,
            finished_at=at,
            error=f"处理进程 {_DEATHS} 次意外中断，没有再试。",
            advice="请告诉管理员任务编号。",
        )
        running.tell_end(work, Work.State.FAILED, at)


def _retry_tasks(at: datetime) -> None:
    """The platform's own small tasks (events, letters) that failed, after a pause."""
    failed = DBTaskResult.objects.filter(
        status=TaskResultStatus.FAILED, finished_at__gt=at - _RETRIED_FOR
    ).exclude(task_path__in=_OWN_RETRIES)
    for one in failed:
        tries = len(one.worker_ids)
        if tries < running.TRIES and one.finished_at + running.wait_before(tries) <= at:
            same = DBTaskResult.objects.filter(
                pk=one.pk, status=TaskResultStatus.FAILED, finished_at=one.finished_at
            )
            same.update(status=TaskResultStatus.READY, finished_at=None)


def _enqueue_due(at: datetime) -> None:
    """Work that is to be tried again, and work whose process died before it came to the queue."""
    waiting = Work.objects.filter(state=Work.State.QUEUED, enqueued_at=None, due_at__lte=at - BEAT)
    for pk in list(waiting.values_list("pk", flat=True)):
        running.enqueue(pk)
