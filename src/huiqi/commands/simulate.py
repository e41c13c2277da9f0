"""``huiqi simulate POLICY_FILE INPUT``: whom a policy reaches and what it costs.

With ``--against OLD_FILE``: who gains, who loses and by how much.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from huiqi.commands import options as shared
from huiqi.commands.console import table, yuan
from huiqi.commands.firms import Firms
from huiqi.commands.outcome import DONE
from huiqi.commands.policy_file import read_policy
from huiqi.rules.simulation import Simulation, matchers

NAME = "simulate"
HELP = "模拟一项政策：按县、规模、行业算出符合、不符合、待定的企业数和金额"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("policy_file", metavar="POLICY_FILE", help="政策文件（.yaml）")
    parser.add_argument("input", metavar="INPUT", help="企业表：.xlsx .xls .csv .parquet")
    parser.add_argument(
        "--against", metavar="OLD_FILE", help="与另一个版本比较：谁增加、谁减少、各多少"
    )
    shared.add_jurisdiction(parser)
    shared.add_date(parser)
    shared.add_format(parser)


def run(options: argparse.Namespace) -> int:
    jurisdiction = shared.load(options)
    files = [options.policy_file, *([options.against] if options.against else [])]
    policies = [read_policy(Path(file), jurisdiction) for file in files]
    on = shared.day(options, jurisdiction)
    firms = Firms(options.input, jurisdiction, on, "模拟")
    simulation = Simulation(matchers(policies, jurisdiction, on))
    for frame in firms.frames():
        simulation.add(frame)
    firms.report("huiqi classify 的结果")
    if options.format == "json":
        print(json.dumps(simulation.as_json(), ensure_ascii=False, indent=2))
    else:
        print("\n".join(_lines(simulation)))
    return DONE


def _lines(simulation: Simulation) -> list[str]:
    matcher = simulation.matchers[0]
    rows = [
        (*_labels(row), row["eligible"], row["ineligible"], row["undetermined"], *_money(row))
        for row in simulation.tallies.rows()
    ]
    headers = ["分组", "", "符合", "不符合", "待定", "金额（元）", "金额未知"]
    lines = [f"{matcher.policies[0].title}（按 {matcher.on} 的规则）", table(headers, rows)]
    if len(simulation.matchers) == 2:
        lines += ["", f"与 {simulation.matchers[1].policies[0].document.file} 相比"]
        lines += _change_lines(simulation)
    return lines


def _change_lines(simulation: Simulation) -> list[str]:
    headers = ["分组", "", "新符合", "不再符合", "增加企业", "增加金额（元）"]
    headers += ["减少企业", "减少金额（元）", "说不准"]
    rows = [
        (
            *_labels(row),
            row["newly_eligible"],
            row["no_longer_eligible"],
            row["gain_firms"],
            yuan(row["gain"]),
            row["lose_firms"],
            yuan(row["lose"]),
            row["unsure_firms"],
        )
        for row in simulation.changes.rows()
    ]
    lines = [table(headers, rows)]
    if simulation.moved:
        moved = [(code, name, yuan(value)) for code, name, value in simulation.moved]
        lines += ["", table(["统一社会信用代码", "企业名称", "变化（元）"], moved)]
    return lines


def _labels(row: dict[str, Any]) -> tuple[str, str]:
    return row["dimension"], row["group"]


def _money(tally: dict[str, Any]) -> tuple[str, int]:
    return yuan(tally["amount"]), tally["amount_unknown"]
