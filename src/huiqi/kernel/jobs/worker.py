"""The process that does background work: it beats, ticks, and takes one task after the other."""

from __future__ import annotations

import logging
import os
import secrets
import socket
from threading import Event, Thread

from django.db import DatabaseError, connection
from django.utils import timezone

from huiqi.kernel.jobs.models import WorkerBeat
from huiqi.kernel.jobs.reaping import BEAT
from huiqi.kernel.jobs.schedules import enqueue_due

_POLL_SECONDS = 1.0
_STOP_SECONDS = 5.0
logger = logging.getLogger(__name__)


def work(*, once: bool, ticks: bool) -> None:
    """Do the tasks in the queue until stopped (``once``: until it is empty)."""
    # The command's module sets up signals and reads DEBUG: not at the import of this one.
    from django_tasks_db.management.commands.db_worker import Worker

    name = f"{socket.gethostname()[:30]}-{os.getpid()}-{secrets.token_hex(4)}"
    beat(name)
    over = Event()
    thread = Thread(target=_keep_beating, args=(name, over, ticks and not once), daemon=True)
    thread.start()
    worker = Worker(
        queue_names=["*"],
        interval=_POLL_SECONDS,
        batch=once,
        backend_name="default",
        startup_delay=False,
        max_tasks=None,
        worker_id=name,
        excluded_queue_names=[],
    )
    worker.configure_signals()
    try:
        worker.run()
    finally:
        over.set()
        thread.join(_STOP_SECONDS)
        WorkerBeat.objects.filter(worker=name).delete()


def beat(name: str) -> None:
    at = timezone.now()
    WorkerBeat.objects.update_or_create(
        worker=name, defaults={"beat_at": at}, create_defaults={"beat_at": at, "started_at": at}
    )


def _keep_beating(name: str, over: Event, ticks: bool) -> None:
    """Beats while tasks run, however long they take: this thread has its own connection."""
    try:
        while True:
            _attempt(name, ticks)
            if over.wait(BEAT.total_seconds()):
                return
    finally:
        connection.close()


def _attempt(name: str, ticks: bool) -> None:
    try:
        beat(name)
        if ticks:
            enqueue_due(timezone.now())
    except DatabaseError:
        # Locked or away for a moment: the next beat comes in time.
        logger.warning("no beat", exc_info=True)
        connection.close()
