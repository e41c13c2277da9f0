"""``huiqi audit``: seal the audit record, verify it, write its anchors to a file."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from huiqi.commands.outcome import DONE, PROBLEMS, Failed

NAME = "audit"
HELP = "操作记录：封存（seal）、核验（verify）、写出存证（anchor）"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    steps = parser.add_subparsers(title="步骤", metavar="步骤", dest="step", required=True)
    steps.add_parser("seal", help="封存到现在为止的记录")
    verify = steps.add_parser("verify", help="重新计算，核对有没有被改动、删除或插入")
    verify.add_argument("--anchor", metavar="FILE", type=Path, help="同时与这份存证文件核对")
    anchor = steps.add_parser("anchor", help="把各次封存的散列值追加到文件，另行保管")
    anchor.add_argument("--out", metavar="FILE", type=Path, required=True)


def run(options: argparse.Namespace) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huiqi.project.settings")
    import django

    django.setup()
    return _STEPS[options.step](options)


def _seal(options: argparse.Namespace) -> int:
    del options
    from django.utils import timezone

    from huiqi.kernel.audit.anchors import anchor, usual_anchor
    from huiqi.kernel.audit.sealing import seal

    made = seal(at=timezone.now())
    anchor(usual_anchor())
    print(f"封存了 {sum(one.count for one in made)} 条记录（{len(made)} 批）")
    return DONE


def _verify(options: argparse.Namespace) -> int:
    from huiqi.kernel.audit.verifying import verify

    try:
        report = verify(options.anchor)
    except ValueError as error:
        raise Failed(str(error)) from error
    for problem in report.problems:
        print(problem)
    counted = f"核验了 {report.seals} 批、{report.events} 条记录"
    anchored = "" if report.anchored is None else f"；与存证文件一致的有 {report.anchored} 批"
    print(f"{counted}；还没有封存的 {report.unsealed} 条{anchored}")
    print(f"有 {len(report.problems)} 处不一致" if report.problems else "全部一致")
    return PROBLEMS if report.problems else DONE


def _anchor(options: argparse.Namespace) -> int:
    from huiqi.kernel.audit.anchors import anchor

    try:
        added = anchor(options.out)
    except ValueError as error:
        raise Failed(str(error)) from error
    print(f"追加了 {added} 行：{options.out}")
    return DONE


_STEPS = {"seal": _seal, "verify": _verify, "anchor": _anchor}
