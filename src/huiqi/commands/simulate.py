"""``huiqi simulate POLICY_FILE INPUT``: whom a policy reaches and what it costs.

With ``--against OLD_FILE``: who gains, who loses and by how much.
"""

from __future__ import annotations

import argparse
import json
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from huiqi.commands import options as shared
from huiqi.commands.console import table, yuan
from huiqi.commands.firms import CODE, Firms, text_column
from huiqi.commands.firms import NAME as FIRM_NAME
from huiqi.commands.outcome import DONE
from huiqi.commands.policy_file import day_in_force, read_policy
from huiqi.rules import ir
from huiqi.rules.codes import CodeTree
from huiqi.rules.jurisdiction import Jurisdiction
from huiqi.rules.matching import AMOUNT, Matched, Matcher
from huiqi.rules.policy import Policy

NAME = "simulate"
HELP = "模拟一项政策：按县、规模、行业算出符合、不符合、待定的企业数和金额"
DIMENSIONS = ("总计", "县", "规模", "行业")
UNKNOWN = "未知"
_SHOWN_FIRMS = 20


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
    simulation = Simulation(_matchers(policies, jurisdiction, on))
    for frame in firms.frames():
        simulation.add(frame)
    firms.report("huiqi classify 的结果")
    if options.format == "json":
        print(json.dumps(simulation.as_json(), ensure_ascii=False, indent=2))
    else:
        print("\n".join(simulation.lines()))
    return DONE


def _matchers(policies: list[Policy], jurisdiction: Jurisdiction, on: date) -> list[Matcher]:
    """Each policy on the day asked for, or on the nearest day it is in force."""
    return [Matcher.of(jurisdiction, day_in_force(policy, on), [policy]) for policy in policies]


TALLIES = {
    "eligible": pl.col("state") == ir.TRUE,
    "ineligible": pl.col("state") == ir.FALSE,
    "undetermined": pl.col("state") == ir.UNKNOWN,
    "amount": pl.col("amount"),
    "amount_unknown": (pl.col("state") == ir.TRUE) & pl.col("money").is_null(),
}
"""What is added up over a group of firms: firms by answer, and money in fen."""

_NEW, _OLD = pl.col("money"), pl.col("old_money")
_WAS, _IS = pl.col("old_state") == ir.TRUE, pl.col("state") == ir.TRUE
CHANGES = {
    "newly_eligible": _IS & ~_WAS,
    "no_longer_eligible": _WAS & ~_IS,
    "gain_firms": _NEW > _OLD,
    "gain": pl.when(_NEW > _OLD).then(_NEW - _OLD),
    "lose_firms": _NEW < _OLD,
    "lose": pl.when(_NEW < _OLD).then(_OLD - _NEW),
    "unsure_firms": _NEW.is_null() | _OLD.is_null(),
}
"""What a change of the rule does to a group of firms; an unknown amount is no gain and no loss."""


class Groups:
    """Sums by dimension and group, added to chunk by chunk."""

    def __init__(self, sums: dict[str, pl.Expr]) -> None:
        self._sums = [
            expression.cast(AMOUNT).sum().alias(name) for name, expression in sums.items()
        ]
        self._found: pl.DataFrame | None = None

    def add(self, answers: pl.DataFrame) -> None:
        parts = [
            answers.group_by(pl.lit(name).alias("dimension"), pl.col(name).alias("group")).agg(
                self._sums
            )
            for name in DIMENSIONS
        ]
        if self._found is not None:
            parts.append(self._found)
        keys = ("dimension", "group")
        self._found = pl.concat(parts).group_by(keys).agg(pl.all().exclude(keys).sum())

    def rows(self) -> list[dict[str, Any]]:
        """By dimension, then by name, unknown last: ``{dimension, group, …}``, money in fen."""
        if self._found is None:
            return []
        return sorted(
            self._found.iter_rows(named=True),
            key=lambda row: (
                DIMENSIONS.index(row["dimension"]),
                row["group"] == UNKNOWN,
                row["group"],
            ),
        )


class Simulation:
    """Sums by total, county, size and industry section; the second matcher is the old rule."""

    def __init__(self, matchers: list[Matcher]) -> None:
        self.matchers = matchers
        self.tallies = Groups(TALLIES)
        self.changes = Groups(CHANGES)
        self.moved: list[tuple[str, str, int]] = []
        """Firms whose amount changes: code, name, difference in fen; the largest are kept."""

    def add(self, frame: pl.DataFrame) -> None:
        now, *old = [matcher.match(frame) for matcher in self.matchers]
        answers = _answers(now).hstack(pl.DataFrame(_groups(now)))
        self.tallies.add(answers)
        if old:
            before = _answers(old[0])
            answers = answers.hstack(
                before.rename({name: f"old_{name}" for name in before.columns})
            )
            self.changes.add(answers)
            self._note_moved(frame, answers)

    def _note_moved(self, frame: pl.DataFrame, answers: pl.DataFrame) -> None:
        moved = (
            answers.select(
                text_column(frame, CODE), text_column(frame, FIRM_NAME), gain=_NEW - _OLD
            )
            .filter(pl.col("gain") != 0)
            .sort(pl.col("gain").abs(), descending=True, maintain_order=True)
            .head(_SHOWN_FIRMS)
        )
        largest = sorted([*self.moved, *moved.rows()], key=lambda row: -abs(row[2]))
        self.moved = largest[:_SHOWN_FIRMS]

    def as_json(self) -> dict[str, Any]:
        """``{policy, on, groups: [{dimension, group, …}], changes: […], largest: […]}``, fen."""
        matcher = self.matchers[0]
        answer: dict[str, Any] = {
            "policy": matcher.policies[0].key,
            "on": matcher.on.isoformat(),
            "groups": self.tallies.rows(),
        }
        if len(self.matchers) == 2:
            answer["against_on"] = self.matchers[1].on.isoformat()
            answer["changes"] = self.changes.rows()
            answer["largest"] = [
                {"credit_code": code, "name": name, "difference": difference}
                for code, name, difference in self.moved
            ]
        return answer

    def lines(self) -> list[str]:
        matcher = self.matchers[0]
        rows = [
            (*_labels(row), row["eligible"], row["ineligible"], row["undetermined"], *_money(row))
            for row in self.tallies.rows()
        ]
        headers = ["分组", "", "符合", "不符合", "待定", "金额（元）", "金额未知"]
        lines = [f"{matcher.policies[0].title}（按 {matcher.on} 的规则）", table(headers, rows)]
        if len(self.matchers) == 2:
            lines += ["", f"与 {self.matchers[1].policies[0].document.file} 相比"]
            lines += self._change_lines()
        return lines

    def _change_lines(self) -> list[str]:
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
            for row in self.changes.rows()
        ]
        lines = [table(headers, rows)]
        if self.moved:
            moved = [(code, name, yuan(value)) for code, name, value in self.moved]
            lines += ["", table(["统一社会信用代码", "企业名称", "变化（元）"], moved)]
        return lines


def _answers(matched: Matched) -> pl.DataFrame:
    """``state``, ``amount`` as matched, and ``money``: 0 for who gets none, null if unknown."""
    amounts = matched.amounts(0)
    answers = pl.DataFrame({"state": matched.statuses(0), "amount": amounts})
    pays = matched.matcher.policies[0].amount is not None
    nothing = pl.lit(not pays) | (pl.col("state") == ir.FALSE)
    none = pl.lit(0, dtype=AMOUNT)
    return answers.with_columns(pl.when(nothing).then(none).otherwise("amount").alias("money"))


def _labels(row: dict[str, Any]) -> tuple[str, str]:
    return row["dimension"], row["group"]


def _money(tally: dict[str, Any]) -> tuple[str, int]:
    return yuan(tally["amount"]), tally["amount_unknown"]


def _groups(matched: Matched) -> dict[str, list[str]]:
    """For each dimension the group of every firm."""
    trees = matched.matcher.jurisdiction.vocabulary.trees
    return {
        "总计": ["全部"] * matched.frame.height,
        "县": _above(matched.frame, "area", trees["area"], "county"),
        "规模": matched.sizes.tolist(),
        "行业": _above(matched.frame, "industry", trees["industry"], "1"),
    }


def _above(frame: pl.DataFrame, key: str, tree: CodeTree, level: str) -> list[str]:
    """The name of the node of ``level`` that each firm's code lies in."""
    if key not in frame.columns:
        return [UNKNOWN] * frame.height
    values = frame[key].fill_null(0).to_numpy()
    distinct, inverse = np.unique(values, return_inverse=True)
    names = [_name_above(int(position), tree, level) for position in distinct]
    return [names[index] for index in inverse.tolist()]


def _name_above(position: int, tree: CodeTree, level: str) -> str:
    if position == 0:
        return UNKNOWN
    code = tree.code(position)
    for above in (code, *tree.ancestors(code)):
        if tree.level(above) == level:
            return tree.name(above)
    return tree.name(code)
