"""``huiqi match INPUT --out OUT``: every firm × every policy in force."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from huiqi.commands import options as shared
from huiqi.commands.classify import COLUMNS as SIZE_COLUMNS
from huiqi.commands.classify import classified
from huiqi.commands.console import table, yuan
from huiqi.commands.firms import Firms
from huiqi.commands.match_rows import (
    FIRM_COLUMNS,
    MATCH_COLUMNS,
    POLICY_COLUMNS,
    PolicyTotals,
    firm_rows,
    match_rows,
)
from huiqi.commands.outcome import DONE, Failed
from huiqi.commands.problem_sheet import write_problems
from huiqi.rules.jurisdiction import Jurisdiction
from huiqi.rules.matching import Matcher
from huiqi.tables import open_writer

NAME = "match"
HELP = "每家企业对每项政策：符合、不符合或待定，金额、未满足、缺少信息、差一步"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("input", metavar="INPUT", help="企业表：.xlsx .xls .csv .parquet")
    parser.add_argument(
        "--out", metavar="OUT", required=True, help="结果：.xlsx（含汇总各表）.csv .parquet"
    )
    parser.add_argument(
        "--policies", metavar="DIR", help="另外的政策文件夹：其中的政策按 key 替换法域里的"
    )
    shared.add_jurisdiction(parser)
    shared.add_date(parser)
    shared.add_format(parser)


def run(options: argparse.Namespace) -> int:
    jurisdiction = shared.load(options, _extra(options.policies))
    on = shared.day(options, jurisdiction)
    matcher = Matcher.of(jurisdiction, on)
    if not matcher.policies:
        raise Failed(f"{jurisdiction.profile.name} 在 {on} 没有在有效期内的政策")
    firms = Firms(options.input, jurisdiction, on, "匹配")
    totals = PolicyTotals(matcher)
    _write(options, matcher, firms, totals)
    _print(options, firms, totals, jurisdiction)
    return DONE


def _extra(folder: str | None) -> list[Path]:
    if folder is None:
        return []
    path = Path(folder)
    if not path.is_dir():
        raise Failed(f"没有 {folder} 这个文件夹")
    files = sorted(path.glob("*.yaml"))
    if not files:
        raise Failed(f"{folder} 里没有政策文件（*.yaml）")
    return files


def _write(
    options: argparse.Namespace, matcher: Matcher, firms: Firms, totals: PolicyTotals
) -> None:
    standard = matcher.jurisdiction.size_standard(matcher.on)
    with open_writer(Path(options.out), source=Path(options.input)) as writer:
        result = writer.sheet("匹配结果", MATCH_COLUMNS)
        extra = writer.many_sheets
        sizes = writer.sheet("划型", SIZE_COLUMNS) if extra else None
        by_firm = writer.sheet("按企业汇总", FIRM_COLUMNS) if extra else None
        for frame in firms.frames():
            matched = matcher.match(frame)
            steps = [matched.one_steps(policy) for policy in range(len(matcher.policies))]
            result.write(match_rows(matched, steps))
            totals.add(matched, steps)
            if sizes is not None and by_firm is not None:
                sizes.write(classified(frame, standard))
                by_firm.write(firm_rows(matched, steps))
        if extra:
            writer.sheet("按政策汇总", POLICY_COLUMNS).write(totals.rows())
        write_problems(writer, firms.table, Path(options.out))
        firms.report("结果的“填报问题”")


def _print(
    options: argparse.Namespace, firms: Firms, totals: PolicyTotals, jurisdiction: Jurisdiction
) -> None:
    rows = totals.rows()
    if options.format == "json":
        answer: dict[str, Any] = {
            "out": options.out,
            "jurisdiction": jurisdiction.profile.code,
            "on": totals.matcher.on.isoformat(),
            "firms": firms.count,
            "problems": firms.table.problem_count,
            "policies": totals.as_json(),
        }
        print(json.dumps(answer, ensure_ascii=False, indent=2))
        return
    shown = rows.select("政策名称", "符合", "待定", "不符合", "差一步", "金额合计")
    money = [yuan(fen) for fen in shown["金额合计"].to_list()]
    print(
        table(
            ["政策", "符合", "待定", "不符合", "差一步", "金额合计（元）"],
            [(*row[:-1], amount) for row, amount in zip(shown.rows(), money, strict=True)],
        )
    )
    print(f"{firms.count:,} 家企业 × {rows.height} 项政策；结果：{options.out}")
