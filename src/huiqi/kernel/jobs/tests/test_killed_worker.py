"""A worker killed with kill -9 in the middle of its work: real processes, their own database."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

START = """
import django; django.setup()
from datetime import date
from huiqi.kernel.access import system
from huiqi.kernel.jobs.running import start
HANG = "huiqi.kernel.jobs.tests.sample_work.hang_the_first_time"
start("长任务", HANG, {}, by=system("测试"), on=date(2026, 3, 2))
"""
STATE = """
import django; django.setup()
from huiqi.kernel.jobs.models import Work
work = Work.objects.get()
print(work.state, work.attempt, work.result)
"""


def test_the_work_of_a_killed_worker_is_done_by_the_next(tmp_path: Path):
    environment = {
        **{key: value for key, value in os.environ.items() if not key.startswith("HUIQI_")},
        "HUIQI_DATA": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "huiqi.project.settings",
    }

    def run(*arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, *arguments],
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout

    huiqi = ("-m", "huiqi.cli")
    run("-m", "django", "migrate", "--verbosity", "0")
    run("-c", START)
    worker = subprocess.Popen(
        [sys.executable, *huiqi, "worker", "--no-tick"], env=environment, stdout=subprocess.PIPE
    )
    with worker:
        assert worker.stdout.readline() == b"hanging\n"
        os.kill(worker.pid, signal.SIGKILL)
    assert run("-c", STATE).startswith("running 1")
    run(*huiqi, "tick")  # too early: the worker may live
    assert run("-c", STATE).startswith("running 1")
    later = datetime.now(UTC) + timedelta(minutes=5)
    run(*huiqi, "tick", "--on", later.isoformat())
    run(*huiqi, "worker", "--once")
    assert run("-c", STATE) == "done 2 {'attempt': 2}\n"
