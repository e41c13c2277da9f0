"""``huiqi tick``: runs once what is due: reminders, retries, what the services have scheduled."""

from __future__ import annotations

import argparse
import os
import sys
from datetime import datetime

from huiqi.commands.outcome import DONE, NOT_DONE, Failed

NAME = "tick"
HELP = "处理一次到期的计划任务（可由系统的定时任务每分钟调用）"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--on", metavar="时间", help="按这个时间处理，如 2026-03-01T08:00（默认现在）"
    )


def run(options: argparse.Namespace) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huiqi.project.settings")
    import django

    django.setup()
    from huiqi.kernel.jobs.schedules import run_due

    code = DONE
    for schedule, error in run_due(_moment(options.on)):
        if error is None:
            print(f"{schedule.title}：完成")
        else:
            print(f"{schedule.title}：没有完成：{error}", file=sys.stderr)
            code = NOT_DONE
    return code


def _moment(text: str | None) -> datetime:
    """The moment asked for, in the platform's time zone unless it names one."""
    from django.utils import timezone

    if text is None:
        return timezone.now()
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise Failed(f"“{text}”不是时间，应像 2026-03-01T08:00") from None
    return moment if moment.tzinfo else timezone.make_aware(moment)
