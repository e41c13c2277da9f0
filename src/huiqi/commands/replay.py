"""``huiqi replay RECORD.json``: evaluate a recorded determination again and compare."""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from huiqi.commands import options as shared
from huiqi.commands.json_file import read_object
from huiqi.commands.outcome import DONE, PROBLEMS, Failed
from huiqi.paths import jurisdictions
from huiqi.rules.jurisdiction import load_jurisdiction
from huiqi.rules.replay import (
    BadRecord,
    Record,
    Replayed,
    differences,
    read_record,
    replay,
    what_if,
)

NAME = "replay"
HELP = "用记录中的规则原文、定义和事实重算一次认定，逐字比较答案"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("record", metavar="RECORD.json", help="explain --record 写出的记录")
    shared.add_jurisdiction(
        parser, None, "另外看看按这个法域现在的规则答案会怎样（默认只按记录里的）"
    )
    shared.add_date(parser, "另外看看按这一天的规则答案会怎样（默认只按记录里的）")
    shared.add_format(parser)


@dataclass(frozen=True)
class Other:
    """The answer under another jurisdiction or day than the record's; None where there is none."""

    jurisdiction: str
    on: date
    answer: dict[str, Any] | None
    differences: list[str]


def run(options: argparse.Namespace) -> int:
    path = Path(options.record)
    try:
        record = read_record(read_object(path, parse_float=float))
        found = replay(record, load_jurisdiction(jurisdictions(), record.jurisdiction))
        other = _other(record, options)
    except BadRecord as error:
        raise Failed(f"{path}：{error}") from error
    if options.format == "json":
        print(json.dumps(_as_json(record, found, other), ensure_ascii=False, indent=2))
    else:
        print("\n".join(_lines(record, found, other)))
    differs = found.differences or (other is not None and other.differences)
    return PROBLEMS if differs else DONE


def _other(record: Record, options: argparse.Namespace) -> Other | None:
    """What was asked for besides the replay; nothing where it is what the record says."""
    code, on = options.jurisdiction or record.jurisdiction, options.on or record.on
    if (code, on) == (record.jurisdiction, record.on):
        return None
    try:
        answer = what_if(record, load_jurisdiction(jurisdictions(), code), on)
    except LookupError as error:
        return Other(code, on, None, [str(error.args[0])])
    # That the days differ was asked for.
    return Other(code, on, answer, differences(record.answer, {**answer, "on": str(record.on)}))


def _as_json(record: Record, found: Replayed, other: Other | None) -> dict[str, Any]:
    return {
        "record": {"jurisdiction": record.jurisdiction, "on": record.on.isoformat()},
        "same": not found.differences,
        "differences": found.differences,
        "changed_files": found.changed_files,
        "changed_definitions": found.changed_definitions,
        "answer": found.answer,
        "what_if": other
        and {
            "jurisdiction": other.jurisdiction,
            "on": other.on.isoformat(),
            "same": not other.differences,
            "differences": other.differences,
            "answer": other.answer,
        },
    }


def _lines(record: Record, found: Replayed, other: Other | None) -> list[str]:
    lines = [f"记录：法域 {record.jurisdiction}，按 {record.on} 的规则"]
    lines.append("重算与记录不一致" if found.differences else "重算与记录一致")
    lines += [f"  {line}" for line in found.differences]
    if found.changed_files:
        lines.append(f"记录之后改过的定义文件：{'、'.join(found.changed_files)}")
    if found.changed_definitions:
        changed = "、".join(found.changed_definitions)
        lines.append(f"其中这项认定用到的：{changed}（重算用的是记录里保存的内容）")
    if other is not None:
        same = "不同" if other.differences else "相同"
        lines.append(f"如果改按法域 {other.jurisdiction}、{other.on} 的规则：与记录{same}")
        lines += [f"  {line}" for line in other.differences]
    return lines
