"""``huiqi check [PATH]``: validate definition files and run their examples."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from huiqi.commands import options as shared
from huiqi.commands.console import Progress
from huiqi.commands.outcome import DONE, PROBLEMS, Failed
from huiqi.paths import jurisdictions
from huiqi.rules.errors import Problem
from huiqi.rules.jurisdiction_check import Checked, check_files, check_jurisdiction

NAME = "check"
HELP = "检查定义文件并运行其中的例子；每个问题一行：文件:行: 说明"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "path",
        metavar="PATH",
        nargs="?",
        help="法域文件夹、存放各法域的文件夹，或一个政策文件（默认检查全部法域）",
    )
    shared.add_jurisdiction(
        parser,
        None,
        f"只检查这个法域；单个政策文件按这个法域检查（默认 {shared.DEFAULT_JURISDICTION}）",
    )
    shared.add_date(parser, "另外检查这一天施行的各项在这一天能不能算（默认不查某一天）")
    shared.add_format(parser)


def run(options: argparse.Namespace) -> int:
    found, checked = _check(options)
    if options.format == "json":
        rows = [{"file": p.file, "line": p.line, "message": p.message} for p in found.problems]
        print(json.dumps(rows, ensure_ascii=False, indent=2))
        print(*found.notes, sep="\n", end="\n" if found.notes else "", file=sys.stderr)
    else:
        count = len(found.problems)
        said = f"检查了 {checked}：{f'{count} 个问题' if count else '没有问题'}"
        print(*found.problems, *found.notes, said, sep="\n")
    return PROBLEMS if found.problems else DONE


def _check(options: argparse.Namespace) -> tuple[Checked, str]:
    path, on = Path(options.path) if options.path else jurisdictions(), options.on
    if not path.exists():
        raise Failed(f"没有 {path} 这个文件或文件夹")
    with Progress("检查") as progress:
        if path.is_file():
            place = options.jurisdiction or shared.DEFAULT_JURISDICTION
            return check_files(jurisdictions(), place, [path], progress.say, on), str(path)
        folders = _folders(path, options.jurisdiction)
        found: set[Problem] = set()
        notes: list[str] = []
        for folder in folders:
            home = folder.resolve()
            checked = check_jurisdiction(home.parent, home.name, progress.say, on)
            found.update(checked.problems)
            notes += checked.notes
        return Checked(sorted(found), notes), "、".join(folder.name for folder in folders)


def _folders(path: Path, code: str | None) -> list[Path]:
    if code is not None:
        return [path / code]
    if (path / "profile.yaml").is_file():
        return [path]
    folders = sorted(profile.parent for profile in path.glob("*/profile.yaml"))
    if not folders:
        raise Failed(f"{path} 里没有法域（含 profile.yaml 的文件夹）")
    return folders
