"""Result rows of ``huiqi match``: firm × policy, by firm, by policy."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import polars as pl

from huiqi.commands.firms import CODE, NAME, text_column
from huiqi.rules import ir
from huiqi.rules.cautions import marks
from huiqi.rules.matching import Matched, Matcher, Steps, status_words
from huiqi.tables import Column

MATCH_COLUMNS = [
    Column("统一社会信用代码", "text", 22),
    Column("企业名称", "text", 32),
    Column("政策", "text", 20),
    Column("政策名称", "long_text", 32),
    Column("结果", "text", 8),
    Column("金额", "money_yuan", 16),
    Column("未满足", "long_text", 44),
    Column("缺少信息", "long_text", 36),
    Column("差一步", "long_text", 28),
    Column("依据", "text", 60),
]
FIRM_COLUMNS = [
    Column("统一社会信用代码", "text", 22),
    Column("企业名称", "text", 32),
    Column("规模", "text", 8),
    Column("符合", "integer", 8),
    Column("待定", "integer", 8),
    Column("不符合", "integer", 8),
    Column("差一步", "integer", 8),
    Column("金额合计（就高不重复）", "money_yuan", 22),
    Column("符合的政策", "long_text", 70),
]
POLICY_COLUMNS = [
    Column("政策", "text", 20),
    Column("政策名称", "long_text", 32),
    Column("状态", "text", 10),
    Column("符合", "integer", 8),
    Column("待定", "integer", 8),
    Column("不符合", "integer", 8),
    Column("差一步", "integer", 8),
    Column("金额合计", "money_yuan", 18),
    Column("金额未知", "integer", 10),
    Column("依据", "text", 60),
]
_STATUSES = {"illustrative": "示例", "in_force": "有效"}


def basis(matcher: Matcher, policy: int) -> str:
    """The document and article of a policy, with the word of caution that belongs to it."""
    model = matcher.policies[policy].model
    jurisdiction = matcher.jurisdiction
    moment = jurisdiction.moment(matcher.on)
    words = marks(matcher.policies[policy], moment, jurisdiction.texts)
    return f"{model.document} {model.article}{''.join(f'（{word}）' for word in words)}"


def match_rows(matched: Matched, steps: list[Steps]) -> pl.DataFrame:
    """One row a firm × policy, firms in input order, columns as ``MATCH_COLUMNS``."""
    matcher = matched.matcher
    policies = range(len(matcher.policies))
    words = status_words(matcher)
    firms = pl.DataFrame([text_column(matched.frame, CODE), text_column(matched.frame, NAME)])
    parts = [
        firms.with_columns(
            pl.lit(matcher.policies[policy].key).alias("key"),
            pl.lit(matcher.policies[policy].title).alias("title"),
            pl.Series(matched.statuses(policy)).replace_strict(words).alias("status"),
            matched.amounts(policy).alias("amount"),
            pl.Series("unmet", matched.unmet(policy), dtype=pl.String),
            pl.Series("missing", matched.missing(policy), dtype=pl.String),
            pl.Series("step", [step and step.text for step in steps[policy]], dtype=pl.String),
            pl.lit(basis(matcher, policy)).alias("basis"),
        )
        for policy in policies
    ]
    # By firm, then by policy: the parts are by policy, then by firm.
    order = np.arange(len(policies) * firms.height).reshape(len(policies), -1).T.ravel()
    rows = pl.concat(parts)[order]
    return rows.rename(
        dict(zip(rows.columns, (column.name for column in MATCH_COLUMNS), strict=True))
    )


def firm_rows(matched: Matched, steps: list[Steps]) -> pl.DataFrame:
    """One row a firm, columns as ``FIRM_COLUMNS``."""
    matcher = matched.matcher
    states = np.stack([matched.statuses(p) for p in range(len(matcher.policies))], axis=1)
    near = np.stack([[step is not None for step in found] for found in steps], axis=1)
    titles = np.array([policy.title for policy in matcher.policies], dtype=object)
    eligible = states == ir.TRUE
    columns = [
        text_column(matched.frame, CODE),
        text_column(matched.frame, NAME),
        pl.Series(matched.sizes.tolist(), dtype=pl.String),
        pl.Series(eligible.sum(axis=1)),
        pl.Series((states == ir.UNKNOWN).sum(axis=1)),
        pl.Series((states == ir.FALSE).sum(axis=1)),
        pl.Series(near.sum(axis=1)),
        entitled_total(matched),
        pl.Series(["、".join(titles[row]) for row in eligible], dtype=pl.String),
    ]
    names = [column.name for column in FIRM_COLUMNS]
    return pl.DataFrame([c.alias(name) for c, name in zip(columns, names, strict=True)])


def entitled_total(matched: Matched) -> pl.Series:
    """Fen a firm is entitled to: within a stacking group only the largest (就高不重复)."""
    groups: dict[str, list[pl.Series]] = {}
    for index, policy in enumerate(matched.matcher.policies):
        group = policy.model.benefit.group or policy.key
        groups.setdefault(group, []).append(matched.amounts(index).alias(str(index)))
    largest = [
        pl.DataFrame(amounts).max_horizontal().fill_null(0).alias(group)
        for group, amounts in groups.items()
    ]
    return pl.DataFrame(largest).sum_horizontal()


@dataclass
class PolicyTotals:
    """Counts and money by policy, added up chunk by chunk in exact integers."""

    matcher: Matcher
    counts: list[dict[str, int]] = field(init=False)

    def __post_init__(self) -> None:
        names = ("eligible", "undetermined", "ineligible", "near", "amount", "amount_unknown")
        self.counts = [dict.fromkeys(names, 0) for _ in self.matcher.policies]

    def add(self, matched: Matched, steps: list[Steps]) -> None:
        for index, totals in enumerate(self.counts):
            states = matched.statuses(index)
            amounts = matched.amounts(index)
            eligible = states == ir.TRUE
            totals["eligible"] += int(eligible.sum())
            totals["undetermined"] += int((states == ir.UNKNOWN).sum())
            totals["ineligible"] += int((states == ir.FALSE).sum())
            totals["near"] += sum(step is not None for step in steps[index])
            totals["amount"] += int(amounts.sum())
            if self.matcher.policies[index].amount is not None:
                totals["amount_unknown"] += int(eligible.sum()) - amounts.count()

    def rows(self) -> pl.DataFrame:
        """Columns as ``POLICY_COLUMNS``; money in fen."""
        rows = [
            (
                policy.key,
                policy.title,
                _STATUSES[policy.model.status],
                totals["eligible"],
                totals["undetermined"],
                totals["ineligible"],
                totals["near"],
                totals["amount"],
                totals["amount_unknown"],
                basis(self.matcher, index),
            )
            for index, (policy, totals) in enumerate(
                zip(self.matcher.policies, self.counts, strict=True)
            )
        ]
        schema: dict[str, Any] = {
            column.name: pl.Int64 if column.kind in ("integer", "money_yuan") else pl.String
            for column in POLICY_COLUMNS
        }
        return pl.DataFrame(rows, schema=schema, orient="row")

    def as_json(self) -> list[dict[str, Any]]:
        """``[{policy, title, eligible, undetermined, ineligible, near, amount, …}]``, fen."""
        return [
            {"policy": policy.key, "title": policy.title, **totals}
            for policy, totals in zip(self.matcher.policies, self.counts, strict=True)
        ]
