"""``huiqi worker``: does the platform's background work until it is stopped."""

from __future__ import annotations

import argparse
import os

from huiqi.commands.outcome import DONE

NAME = "worker"
HELP = "处理后台任务（发通知、批量计算等），直到停止"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--once", action="store_true", help="做完现有的任务就结束")


def run(options: argparse.Namespace) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huiqi.project.settings")
    import django
    from django.core.management import call_command

    django.setup()
    call_command("db_worker", queue_name="*", batch=options.once, verbosity=1)
    return DONE
