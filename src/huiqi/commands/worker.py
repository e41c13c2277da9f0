"""``huiqi worker``: does the platform's background work until it is stopped."""

from __future__ import annotations

import argparse
import os

from huiqi.commands.outcome import DONE

NAME = "worker"
HELP = "处理后台任务（发通知、批量计算等），直到停止"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--once", action="store_true", help="做完现有的任务就结束")
    parser.add_argument(
        "--no-tick", action="store_true", help="不处理到期的计划任务（由 huiqi tick 处理时）"
    )


def run(options: argparse.Namespace) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huiqi.project.settings")
    import django

    django.setup()
    from huiqi.kernel.jobs.worker import work

    work(once=options.once, ticks=not options.no_tick)
    return DONE
