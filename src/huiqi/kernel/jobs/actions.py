"""What administrators do with work."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from django.db import transaction

from huiqi.kernel.access import Actor, require
from huiqi.kernel.audit.recording import record
from huiqi.kernel.errors import Conflict
from huiqi.kernel.jobs.models import Work
from huiqi.kernel.jobs.running import enqueue


@transaction.atomic
def retry(work: Work, *, by: Actor, at: datetime) -> None:
    """Try failed work once more. Raises NotAllowed, or Conflict for work that has not failed."""
    require(by, "jobs.manage")
    failed = Work.objects.filter(pk=work.pk, state=Work.State.FAILED)
    changed = failed.update(
        state=Work.State.QUEUED,
        due_at=at,
        enqueued_at=None,
        finished_at=None,
        error="",
        advice="",
        message="",
    )
    if not changed:
        raise Conflict("这项任务不是“没有完成”的状态，不用再试。", "请刷新看看它现在怎样。")
    record("再试后台任务", by=by, subject_kind="work", subject=str(work.pk))
    transaction.on_commit(partial(enqueue, work.pk))
