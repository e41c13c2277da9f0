"""``huiqi serve``: the web platform; brings the database and the static files up to date first."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys

from huiqi.commands.outcome import DONE

NAME = "serve"
HELP = "启动网页平台（首次启动自动建库）"
_SETTINGS = "huiqi.project.settings"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", metavar="地址", default="127.0.0.1", help="默认 127.0.0.1")
    parser.add_argument("--port", metavar="端口", type=int, default=8000, help="默认 8000")
    parser.add_argument("--threads", metavar="数", type=int, default=8, help="同时处理的请求数")
    parser.add_argument(
        "--demo", action="store_true", help="演示：合成的企业和人员，一键登录，不可用于正式环境"
    )


def run(options: argparse.Namespace) -> int:
    # Read by the settings, so it must be there before they are.
    if options.demo:
        os.environ["HUIQI_DEMO"] = "1"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", _SETTINGS)
    import django

    django.setup()
    _bring_up_to_date()
    if options.demo:
        from huiqi.demo.seed import seed, show_accounts

        seed()
        show_accounts(f"http://{options.host}:{options.port}")
    worker = subprocess.Popen([sys.executable, "-m", "huiqi.cli", "worker"])
    try:
        _serve(options)
    finally:
        worker.terminate()
        worker.wait()
    return DONE


def _bring_up_to_date() -> None:
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)


def _serve(options: argparse.Namespace) -> None:
    import waitress

    from huiqi.project.wsgi import application

    waitress.serve(application, host=options.host, port=options.port, threads=options.threads)
