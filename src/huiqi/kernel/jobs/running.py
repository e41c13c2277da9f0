"""Starting work and running it: claimed once, tried again, its end written down."""

from __future__ import annotations

import logging
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django_tasks import task

from huiqi.kernel.access import Actor, system, with_origin
from huiqi.kernel.accounts.models import User
from huiqi.kernel.definitions.rulebook import look_again
from huiqi.kernel.errors import HuiqiError, NotAllowed, Unavailable
from huiqi.kernel.jobs.models import Superseded, Work
from huiqi.kernel.notices.actions import notify
from huiqi.kernel.parties.actors import actor_for
from huiqi.kernel.parties.queries import memberships
from huiqi.kernel.registry import resolve
from huiqi.rules.errors import DefinitionError

TRIES = 4
_WAITS = (timedelta(seconds=20), timedelta(minutes=2), timedelta(minutes=10))
_WORTH_TELLING = timedelta(seconds=30)
"""Work that took longer than this has been left alone: its starter is told that it is over."""

logger = logging.getLogger(__name__)


def start(title: str, task_path: str, params: dict[str, Any], *, by: Actor, on: date) -> Work:
    """Begin work in the background, once the current transaction has committed.

    ``task_path``: dotted path of ``function(work, **params) -> dict``; ``params`` is plain data.
    The function runs in no transaction; it calls ``work.step`` as it goes on and acts as
    ``actor_of_work(work)``. It must do no harm when it is run a second time.
    """
    resolve(task_path)  # a wrong path is a fault of the caller, seen here and not in the night
    work = Work.objects.create(
        title=title,
        task=task_path,
        params=params,
        on=on,
        started_by_id=by.user_id,
        membership_id=by.membership_id,
        starter=by.name,
    )
    transaction.on_commit(partial(enqueue, work.pk))
    return work


def enqueue(work_id: int) -> None:
    """Put waiting work into the queue; twice does no harm."""
    Work.objects.filter(pk=work_id).update(enqueued_at=timezone.now())
    run.enqueue(work_id=work_id)


def actor_of_work(work: Work) -> Actor:
    """The starter, in the role they had, as it is now: rights taken away meanwhile are gone.

    Raises NotAllowed when the person is no longer in that role.
    """
    origin = f"后台任务 {work.pk}"
    if work.started_by_id is None:
        return system(origin)
    user = User.objects.get(pk=work.started_by_id)
    held = list(memberships(user.pk, timezone.localdate()))
    if work.membership_id is not None and work.membership_id not in {one.pk for one in held}:
        raise NotAllowed("发起人已经没有发起时的身份。", "请由现在负责的人重新发起。")
    return with_origin(actor_for(user, held, work.membership_id), origin, "")


def wait_before(attempt: int) -> timedelta:
    """How long to wait after so many tries."""
    return _WAITS[min(attempt, len(_WAITS)) - 1]


@task()
def run(work_id: int) -> None:
    """One try of one piece of work."""
    look_again()
    work = _claim(work_id, timezone.now())
    if work is None:
        return
    try:
        result = resolve(work.task)(work, **work.params) or {}
        _finish(work, Work.State.DONE, result=result, done=work.total)
    except Superseded:
        logger.warning("%s (%s): given up as dead, another run has it", work.title, work.pk)
    except Exception as error:  # noqa: BLE001 - whatever it is, it ends up with the work
        _failed(work, error)


def _claim(work_id: int, at: datetime) -> Work | None:
    """Take waiting work; of several that try, one succeeds."""
    waiting = Work.objects.filter(pk=work_id, state=Work.State.QUEUED)
    if not waiting.update(state=Work.State.RUNNING, attempt=F("attempt") + 1, began_at=at):
        return None
    return Work.objects.get(pk=work_id)


def _finish(work: Work, state: str, **changes: Any) -> None:
    at = timezone.now()
    with transaction.atomic():
        work.write(state=state, finished_at=at, **changes)
        tell_end(work, state, at)


def tell_end(work: Work, state: str, at: datetime) -> None:
    """Tell the starter of work that took long or failed."""
    long = at - work.created_at > _WORTH_TELLING
    if work.started_by_id is None or not (long or state == Work.State.FAILED):
        return
    word = Work.State(state).label
    notify(
        to=[work.started_by_id],
        kind="work",
        title=f"{work.title}：{word}",
        text=f"您在{timezone.localtime(work.created_at):%m月%d日%H:%M}发起的任务{word}。",
        link=f"/jobs/{work.pk}",
        reason="您发起了这项任务。",
        key=f"work-{work.pk}-{work.attempt}",
        by=system("后台任务"),
        on=timezone.localdate(at),
    )


def _failed(work: Work, error: Exception) -> None:
    """Say so for good, or wait and try again where that may help."""
    lasting = isinstance(error, HuiqiError | DefinitionError) and not isinstance(error, Unavailable)
    logger.log(
        logging.INFO if lasting else logging.ERROR,
        "%s (%s), try %s: %r",
        work.title,
        work.pk,
        work.attempt,
        error,
        exc_info=not lasting,
    )
    message, advice = in_words(error)
    try:
        if lasting or work.attempt >= TRIES:
            _finish(work, Work.State.FAILED, error=message[:1000], advice=advice[:500])
        else:
            put_back(work, timezone.now() + wait_before(work.attempt), message)
    except Superseded:
        logger.warning("%s (%s): another run has it", work.title, work.pk)


def put_back(work: Work, due_at: datetime, reason: str) -> None:
    """Let this run go; a tick puts the work into the queue again when it is due."""
    work.write(
        state=Work.State.QUEUED,
        due_at=due_at,
        enqueued_at=None,
        message=f"第 {work.attempt} 次没有做成，稍后自动再试：{reason}"[:300],
    )


def in_words(error: Exception) -> tuple[str, str]:
    """What went wrong and what to do, for people."""
    if isinstance(error, HuiqiError):
        return error.message, error.advice
    if isinstance(error, DefinitionError):
        return "；".join(str(problem) for problem in error.problems), "请改正后再来。"
    return "系统出了错，不是您的问题。", "可以再试一次；还是不行，请告诉管理员任务编号。"
