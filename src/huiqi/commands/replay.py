"""``huiqi replay RECORD.json``: evaluate a recorded determination again and compare."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from huiqi.commands import options as shared
from huiqi.commands.json_file import read_object
from huiqi.commands.outcome import DONE, PROBLEMS, Failed
from huiqi.paths import jurisdictions
from huiqi.rules.jurisdiction import load_jurisdiction
from huiqi.rules.replay import BadRecord, Replayed, replay

NAME = "replay"
HELP = "用记录中的规则原文和事实重算一次认定，逐字比较答案"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("record", metavar="RECORD.json", help="explain --record 写出的记录")
    shared.add_format(parser)


def run(options: argparse.Namespace) -> int:
    path = Path(options.record)
    recorded = read_object(path, parse_float=float)
    try:
        jurisdiction = load_jurisdiction(jurisdictions(), str(recorded.get("jurisdiction")))
        found = replay(recorded, jurisdiction)
    except BadRecord as error:
        raise Failed(f"{path}：{error}") from error
    _print(found, options.format)
    return PROBLEMS if found.differences else DONE


def _print(found: Replayed, form: str) -> None:
    if form == "json":
        answer = {
            "same": not found.differences,
            "differences": found.differences,
            "changed_files": found.changed_files,
            "answer": found.answer,
        }
        print(json.dumps(answer, ensure_ascii=False, indent=2))
        return
    print("与记录一致" if not found.differences else "与记录不一致")
    for line in found.differences:
        print(f"  {line}")
    if found.changed_files:
        print(f"记录之后改过的定义文件：{'、'.join(found.changed_files)}")
