"""What officials see of the workshop."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl
from django.db.models import QuerySet, Sum

from huiqi.kernel.access import Actor
from huiqi.kernel.definitions import actions as definitions
from huiqi.kernel.definitions import queries as kept
from huiqi.kernel.definitions.checking import (
    Checked,
    ExampleRun,
    check,
    file_of,
    run_examples,
)
from huiqi.kernel.definitions.differences import Line, differences
from huiqi.kernel.definitions.models import STATES, DefinitionVersion
from huiqi.kernel.definitions.rulebook import rulebook
from huiqi.kernel.errors import Invalid, NotFound, Unavailable
from huiqi.kernel.facts.snapshots import frame as frozen
from huiqi.kernel.parties.departments import canonical
from huiqi.kernel.parties.queries import inside
from huiqi.rules.errors import DefinitionError
from huiqi.rules.policy import Policy
from huiqi.rules.policy_model import PolicyModel
from huiqi.rules.simulation import DIMENSIONS
from huiqi.rules.strict_yaml import parse
from huiqi.rules.validation import validate
from huiqi.services.workshop.models import Batch, Trial, batch_file
from huiqi.services.workshop.rules import Answers, counties_of

_CHARTED = 12


@dataclass(frozen=True)
class Entry:
    """One policy with its text of a day and the draft that is open, if any."""

    key: str
    title: str
    policy: Policy | None
    draft: DefinitionVersion | None
    on: date
    may_write: bool

    @property
    def departments(self) -> list[str]:
        if self.policy is None:
            return []
        return list(dict.fromkeys(canonical(name) for name in self.policy.model.departments))

    @property
    def state(self) -> str:
        if self.policy is None:
            return "新政策"
        return "施行中" if self.policy.in_force(self.on) else "不在施行"

    @property
    def draft_state(self) -> str:
        return STATES[self.draft.state(self.on)] if self.draft else ""

    @property
    def decision(self) -> bool:
        return self.draft is not None and self.draft.submitted_at is not None


def entries(actor: Actor, on: date) -> Iterator[Entry]:
    """All policies, and drafts of new ones."""
    drafts = {draft.key: draft for draft in kept.open_drafts(actor)}
    chosen: dict[str, Policy] = {}
    for policy in rulebook().policies:
        if policy.key not in chosen or policy.in_force(on):
            chosen[policy.key] = policy
    for key, policy in chosen.items():
        may = actor.may("definitions.edit") and definitions.may_write(policy, actor)
        yield Entry(key, policy.title, policy, drafts.pop(key, None), on, may)
    for key, draft in drafts.items():
        yield Entry(key, draft.title, None, draft, on, actor.may("definitions.edit"))


def entry(actor: Actor, key: str, on: date) -> Entry:
    """Raises NotFound."""
    for one in entries(actor, on):
        if one.key == key:
            return one
    raise NotFound("没有这项政策。", "请从政策工坊的列表中进入。")


def base_text(version: DefinitionVersion) -> str:
    """The text a draft was begun from; empty for a new policy or one that is gone."""
    for policy in rulebook().policies:
        if policy.hash == version.base_hash:
            return policy.document.text
    return ""


def trials(actor: Actor) -> QuerySet[Trial]:
    """Simulations, for those who may read drafts."""
    if not actor.may("definitions.read"):
        return Trial.objects.none()
    return Trial.objects.select_related("version", "snapshot", "started_by")


def trial(actor: Actor, number: int) -> Trial:
    """A finished one. Raises NotFound."""
    try:
        return trials(actor).exclude(finished_at=None).get(pk=number)
    except Trial.DoesNotExist:
        raise NotFound("没有这次模拟，或者还没有做完。", "请从草稿页进入。") from None


def newest_trial(actor: Actor, version: DefinitionVersion) -> Trial | None:
    """The newest finished one of the draft's text as it is now."""
    done = trials(actor).exclude(finished_at=None)
    return done.filter(version=version, text_hash=version.hash).order_by("-pk").first()


def data_of(version: DefinitionVersion) -> dict[str, Any]:
    """A draft's text as plain data of the right form. Raises Invalid."""
    try:
        document = parse(version.text, file_of(version.key))
        validate(document, PolicyModel)
    except DefinitionError as error:
        raise Invalid(
            "文本的形式有错误，表单打不开。", f"请先在文本里改正：{error.problems[0]}"
        ) from error
    found: dict[str, Any] = document.data
    return found


@dataclass(frozen=True)
class Review:
    """What a second person looks at before deciding, and the first before submitting."""

    version: DefinitionVersion
    checked: Checked
    runs: list[ExampleRun]
    lines: list[Line | None]
    trial: Trial | None
    may_edit: bool
    may_approve: bool
    state: str

    @property
    def failed(self) -> int:
        return sum(bool(run.differences) for run in self.runs)

    @property
    def is_ready(self) -> bool:
        """Whether nothing in the text stands against submitting it."""
        return self.version.retires or (self.checked.policy is not None and not self.failed)


def review(actor: Actor, number: int, on: date) -> Review:
    """Raises NotFound."""
    version = kept.draft(actor, number)
    checked = Checked(None) if version.retires else check(version.text, version.key)
    return Review(
        version,
        checked,
        run_examples(checked.policy) if checked.policy else [],
        differences(base_text(version), version.text),
        newest_trial(actor, version),
        actor.may("definitions.edit"),
        kept.waiting_for(actor).filter(pk=version.pk).exists()
        and actor.user_id not in version.authors,
        version.state(on),
    )


def starting_text(key: str, title: str, actor: Actor, on: date) -> str:
    """A new policy to fill in: whole and in the right form, with examples to be replaced."""
    return _START.format(
        key=key, title=title, department=actor.department, on=on.isoformat(), region=actor.area
    )


_START = """policy: {key}
title: {title}
level: prefecture
kind: award
status: illustrative
issuer: （发文机关）
document: （文件名称和文号）
article: （条款）
source: （原文出处）
confidence: low
valid: {{from: {on}, to: null}}
region: "{region}"
departments: [{department}]
audience: [企业]
summary: （一句话：给谁、给多少）

conditions:
  - key: size
    text: 是企业，规模为中型、小型或者微型
    if: 主体类型 = 企业 且 企业规模 属于 [中型, 小型, 微型]
    article: （条款）

benefit:
  text: （给什么、给多少）
  amount: 1万元

apply:
  contact: （办理单位和电话）

examples:
  - name: 小型企业
    on: {on}
    facts: {{主体类型: 企业, 行业: C2613, 从业人员: 45人, 营业收入: 1800万元}}
    expect: {{status: eligible, amount: 1万元}}
  - name: 大型企业
    on: {on}
    facts: {{主体类型: 企业, 行业: C2613, 从业人员: 2000人, 营业收入: 200000万元}}
    expect: {{status: ineligible, unmet: [size]}}
  - name: 不是企业
    on: {on}
    facts: {{主体类型: 个体工商户, 行业: C2613, 从业人员: 5人, 营业收入: 80万元}}
    expect: {{status: ineligible, unmet: [size]}}
  - name: 还不知道规模
    on: {on}
    facts: {{主体类型: 企业, 行业: C2613}}
    expect: {{status: undetermined}}
"""


@dataclass(frozen=True)
class Sums:
    """What a draft does to one group of firms; money in fen."""

    position: int
    of: dict[str, Any]

    def __getitem__(self, name: str) -> Any:
        return self.of[name]


def trial_rows(trial: Trial) -> list[Sums]:
    """Sums by dimension and group, with what changes against the text in force."""
    changes = {(row["dimension"], row["group"]): row for row in trial.result.get("changes", ())}
    return [
        Sums(position, {**row, **changes.get((row["dimension"], row["group"]), {})})
        for position, row in enumerate(trial.result["groups"])
    ]


def trial_charts(trial: Trial) -> list[dict[str, Any]]:
    """One chart a dimension: names, and series of yuan or firms, as the tables say them."""
    rows = trial_rows(trial)
    charts = []
    for dimension in DIMENSIONS[1:]:
        of = [row for row in rows if row["dimension"] == dimension]
        if "changes" in trial.result:
            series = {"增加（元）": "gain", "减少（元）": "lose"}
        else:
            series = {"金额（元）": "amount"}
        charts.append(
            {
                "title": f"按{dimension}",
                "names": [row["group"] for row in of],
                "series": [
                    {"name": name, "values": [row[key] / 100 for row in of]}
                    for name, key in series.items()
                ],
            }
        )
    return charts


# --- batch runs ----------------------------------------------------------------------------------


def batches(actor: Actor) -> QuerySet[Batch]:
    """Runs, for officials and auditors."""
    if not actor.may("workshop.read_batch"):
        return Batch.objects.none()
    return Batch.objects.select_related("snapshot")


def batch(actor: Actor, number: int) -> Batch:
    """A finished one. Raises NotFound."""
    try:
        return batches(actor).exclude(finished_at=None).get(pk=number)
    except Batch.DoesNotExist:
        raise NotFound("没有这次测算，或者还没有做完。", "请从批量测算的列表中进入。") from None


def totals(actor: Actor, run: Batch) -> list[Sums]:
    """What each policy comes to in the actor's area, one row a policy; money in fen."""
    seen = run.totals.filter(county__startswith=inside(actor.area))
    sums = {
        name: Sum(name)
        for name in ("eligible", "undetermined", "ineligible", "amount", "amount_unknown")
    }
    rows = seen.values("position", "policy", "title").annotate(**sums).order_by("-amount", "title")
    return [Sums(place, dict(row)) for place, row in enumerate(rows)]


def policies_of(run: Batch) -> list[tuple[int, str]]:
    """Positions and titles of the policies of a run, by title."""
    found = run.totals.order_by("title").values_list("position", "title").distinct()
    return list(found)


def answers(actor: Actor, run: Batch) -> Answers:
    """Every answer of a run about firms in the actor's area. Raises Unavailable."""
    path = batch_file(run)
    if not path.is_file():
        raise Unavailable("这次测算的结果文件不在了。", "请重新测算，并告诉管理员。")
    firms = frozen(run.snapshot)
    known = pl.DataFrame(
        {
            "row": firms["row"].cast(pl.UInt32),
            "credit_code": firms["credit_code"],
            "name": firms["name"],
            "county": counties_of(firms),
        }
    ).filter(pl.col("county").str.starts_with(inside(actor.area)))
    return Answers(pl.scan_parquet(path).join(known.lazy(), on="row"), dict(policies_of(run)))


def batch_charts(rows: list[Sums]) -> list[dict[str, Any]]:
    """The policies that cost most, and those that reach most firms."""
    reach = sorted(rows, key=lambda row: -row["eligible"])
    return [
        _chart(
            "金额最多的政策（元）", "金额（元）", rows[:_CHARTED], lambda row: row["amount"] / 100
        ),
        _chart("惠及企业最多的政策（家）", "企业", reach[:_CHARTED], lambda row: row["eligible"]),
    ]


def _yuan(row: Sums) -> float:
    return float(row["amount"]) / 100


def _chart(title: str, name: str, rows: list[Sums], value: Callable[[Sums], Any]) -> dict[str, Any]:
    return {
        "title": title,
        "names": [row["title"] for row in rows],
        "series": [{"name": name, "values": [value(row) for row in rows]}],
    }
