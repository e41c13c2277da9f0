"""``huiqi gaps INPUT``: who is one step away, and which missing facts would settle most."""

from __future__ import annotations

import argparse
import json
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import polars as pl

from huiqi.commands import options as shared
from huiqi.commands.console import table
from huiqi.commands.firms import CODE, Firms, text_column
from huiqi.commands.firms import NAME as FIRM_NAME
from huiqi.commands.outcome import DONE
from huiqi.rules.matching import Masks, Matched, Matcher, bits
from huiqi.rules.vocabulary import Vocabulary

NAME = "gaps"
HELP = "谁差一步就符合；补上哪些缺少的信息最能定下结果"
_SHOWN = 50
_KEPT = 100_000
"""Steps held in memory, whatever the size of the input."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("input", metavar="INPUT", help="企业表：.xlsx .xls .csv .parquet")
    shared.add_jurisdiction(parser)
    shared.add_date(parser)
    shared.add_format(parser)


def run(options: argparse.Namespace) -> int:
    jurisdiction = shared.load(options)
    on = shared.day(options, jurisdiction)
    matcher = Matcher.of(jurisdiction, on)
    firms = Firms(options.input, jurisdiction, on, "分析")
    gaps = Gaps(matcher)
    for frame in firms.frames():
        gaps.add(frame)
    firms.report("huiqi classify 的结果")
    if options.format == "json":
        print(json.dumps(gaps.as_json(), ensure_ascii=False, indent=2))
    else:
        print("\n".join(gaps.lines()))
    return DONE


@dataclass(frozen=True)
class Near:
    """A firm that one change would make eligible; ``effort`` is the share that has to change."""

    effort: float
    credit_code: str
    name: str
    policy: str
    step: str


@dataclass
class Gaps:
    """Steps by firm and policy, and how often each missing fact stands in the way."""

    matcher: Matcher
    steps: list[Near] = field(default_factory=list)
    """The smallest steps found so far."""

    found: int = 0
    """Steps found, kept or not."""

    open_answers: Counter[str] = field(default_factory=Counter)
    """By fact: undetermined answers in which it is missing."""

    sole: Counter[str] = field(default_factory=Counter)
    """By fact: those in which it is the only one missing, so that an answer settles them."""

    def add(self, frame: pl.DataFrame) -> None:
        matched, before = self.matcher.match(frame), len(self.steps)
        codes, names = text_column(frame, CODE), text_column(frame, FIRM_NAME)
        for index, policy in enumerate(self.matcher.policies):
            for row, step in enumerate(matched.one_steps(index)):
                if step is not None:
                    near = Near(step.effort, codes[row], names[row], policy.key, step.text)
                    self.steps.append(near)
            self._count_missing(matched, index)
        self._keep_the_nearest(before)

    def _keep_the_nearest(self, before: int) -> None:
        self.found += len(self.steps) - before
        self.steps.sort(key=lambda near: near.effort)
        del self.steps[_KEPT:]

    def _count_missing(self, matched: Matched, policy: int) -> None:
        keys = matched.missing_keys(policy)
        masks, stuck = matched.missing_masks(policy), matched.zero_masks(policy) != 0
        for mask, count in _counted(masks):
            self.open_answers.update({keys[bit]: count for bit in bits(mask)})
        for mask, count in _counted(masks[~stuck]):
            if len(lacking := bits(mask)) == 1:
                self.sole[keys[lacking[0]]] += count

    def ranking(self) -> list[tuple[str, int, int]]:
        """Facts as (key, settled by this alone, open answers), the most useful first."""
        return sorted(
            ((key, self.sole[key], count) for key, count in self.open_answers.items()),
            key=lambda row: (-row[1], -row[2], row[0]),
        )

    @property
    def vocabulary(self) -> Vocabulary:
        return self.matcher.jurisdiction.vocabulary

    def as_json(self) -> dict[str, Any]:
        """``{one_steps_found, one_step: [{credit_code, name, policy, step}], missing: […]}``"""
        return {
            "one_steps_found": self.found,
            "one_step": [
                {
                    "credit_code": near.credit_code,
                    "name": near.name,
                    "policy": near.policy,
                    "step": near.step,
                }
                for near in self.steps
            ],
            "missing": [
                {
                    "fact": self.vocabulary[key].name,
                    "key": key,
                    "settles": sole,
                    "open": count,
                    "question": self.vocabulary[key].model.question,
                }
                for key, sole, count in self.ranking()
            ],
        }

    def lines(self) -> list[str]:
        titles = {policy.key: policy.title for policy in self.matcher.policies}
        rows = [
            (near.credit_code, near.name, titles[near.policy], near.step)
            for near in self.steps[:_SHOWN]
        ]
        lines = [f"差一步：{self.found:,} 项，差得最少的在前"]
        lines.append(table(["统一社会信用代码", "企业名称", "政策", "差一步"], rows))
        if len(self.steps) > _SHOWN:
            lines.append(f"……只显示前 {_SHOWN} 项；更多见 --format json（最多 {_KEPT:,} 项）")
        facts = [
            (self.vocabulary[key].name, sole, count, self.vocabulary[key].model.question)
            for key, sole, count in self.ranking()[:_SHOWN]
        ]
        lines += ["", "最该补的信息（一家企业对一项政策算一个结果）"]
        lines.append(table(["事实", "补上就能定", "涉及待定", "怎么问"], facts))
        return lines


def _counted(masks: Masks) -> list[tuple[int, int]]:
    """Distinct masks and how many firms have each."""
    distinct, counts = np.unique(masks, return_counts=True)
    return [(int(mask), count) for mask, count in zip(distinct, counts.tolist(), strict=True)]
