"""Forms of the workshop."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import polars as pl
from django import forms
from django.urls import reverse
from django.utils import timezone

from huiqi.kernel.definitions.models import DefinitionVersion
from huiqi.kernel.definitions.rulebook import area_name, areas, shipped
from huiqi.rules.errors import DefinitionError
from huiqi.rules.simulation import DIMENSIONS
from huiqi.rules.strict_yaml import parse
from huiqi.rules.writing import write
from huiqi.services.workshop.rules import (
    STATES,
    conditions_from,
    examples_from,
    formula,
    with_changes,
)
from huiqi.web.lists import Column, Filters
from huiqi.web.records import Records

_SIZES = ("大型", "中型", "小型", "微型", "待定", "不适用")
_CODE = {"rows": 28, "wrap": "off", "spellcheck": "false", "autocomplete": "off", "class": "code"}


class PolicyFilters(Filters):
    words = forms.CharField(label="名称或代号", required=False)
    department = forms.CharField(label="部门", required=False)
    draft = forms.ChoiceField(
        label="草稿",
        required=False,
        choices=[("", "全部"), ("any", "有草稿"), ("decision", "待审核")],
    )

    def apply(self, rows: Any, given: dict[str, Any]) -> Any:
        words, department = given.get("words", ""), given.get("department", "")
        wanted = given.get("draft", "")
        return Records(
            one
            for one in rows.rows
            if (words in one.title or words in one.key)
            and (not department or department in one.departments)
            and (not wanted or (one.draft if wanted == "any" else one.decision))
        )


class EditForm(forms.Form):
    """The text as it is; ``revision`` says which saving was read."""

    text = forms.CharField(
        label="政策文本（YAML）",
        strip=False,
        max_length=200_000,
        widget=forms.Textarea(attrs=_CODE),
    )
    note = forms.CharField(
        label="修改说明",
        required=False,
        max_length=1000,
        help_text="改了什么、为什么改；提交审核前必须写。",
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    revision = forms.IntegerField(widget=forms.HiddenInput)

    @classmethod
    def of(cls, version: DefinitionVersion) -> EditForm:
        return cls(
            initial={"text": version.text, "note": version.note, "revision": version.revision}
        )


class NewForm(forms.Form):
    key = forms.RegexField(
        r"^[a-z][a-z0-9_]{2,60}$",
        label="代号",
        help_text="英文小写字母、数字和下划线，以字母开头，如 first_loan_interest；以后不能改。",
        error_messages={"invalid": "代号只能用英文小写字母、数字和下划线，以字母开头。"},
    )
    title = forms.CharField(label="政策名称", max_length=100)


class RetireForm(forms.Form):
    reason = forms.CharField(
        label="废止的理由和依据", max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )


class ApproveForm(forms.Form):
    effective_from = forms.DateField(
        label="施行日期",
        help_text="今天：立即发布；以后的日期：到那天自动生效。",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )


class ReturnForm(forms.Form):
    reason = forms.CharField(
        label="退回的理由", max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )


class TrialFilters(Filters):
    dimension = forms.ChoiceField(
        label="分组", required=False, choices=[("", "全部"), *((d, d) for d in DIMENSIONS)]
    )

    def apply(self, rows: Any, given: dict[str, Any]) -> Any:
        wanted = given.get("dimension", "")
        return Records(row for row in rows.rows if not wanted or row["dimension"] == wanted)


class AnswerFilters(Filters):
    policy = forms.ChoiceField(label="政策", required=False)
    state = forms.ChoiceField(
        label="结果",
        required=False,
        choices=[("", "全部"), *((str(key), word) for key, word in STATES.items())],
    )
    county = forms.ChoiceField(label="县", required=False)
    size = forms.ChoiceField(
        label="规模",
        required=False,
        choices=[
            ("", "全部"),
            *((size, size) for size in ("大型", "中型", "小型", "微型", "待定")),
        ],
    )

    def __init__(self, *args: Any, policies: list[tuple[int, str]], area: str, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["policy"].choices = [  # type: ignore[attr-defined]  # a ChoiceField
            ("", "全部"),
            *((str(position), title) for position, title in policies),
        ]
        counties = areas().children(area) if area in areas() else []
        self.fields["county"].choices = [  # type: ignore[attr-defined]  # same
            ("", "全部"),
            *((code, area_name(code)) for code in counties),
        ]

    def apply(self, rows: Any, given: dict[str, Any]) -> Any:
        conditions = [pl.col(key) == given[key] for key in ("county", "size") if key in given]
        conditions += [
            pl.col(key) == int(given[key]) for key in ("policy", "state") if key in given
        ]
        return rows.only(*conditions) if conditions else rows


BATCH_COLUMNS = [
    Column(
        "测算",
        lambda run: f"{run.on:%Y-%m-%d} 第 {run.pk} 次",
        link=lambda run: reverse("batch", args=[run.pk]) if run.finished_at else "",
    ),
    Column("企业数", lambda run: run.snapshot.enterprises, "integer"),
    Column("状态", lambda run: "已完成" if run.finished_at else "没有完成或正在算"),
    Column("发起人", lambda run: run.starter, sort="starter"),
    Column("发起日期", lambda run: timezone.localdate(run.created_at), "date", sort="created_at"),
]
TOTAL_COLUMNS = [
    Column("政策", lambda row: row["title"]),
    Column("符合", lambda row: row["eligible"], "integer"),
    Column("待定", lambda row: row["undetermined"], "integer"),
    Column("不符合", lambda row: row["ineligible"], "integer"),
    Column("金额（元）", lambda row: row["amount"], "money_yuan"),
    Column("符合但金额未知", lambda row: row["amount_unknown"], "integer"),
]
ANSWER_COLUMNS = [
    Column("企业名称", lambda row: row.name, sort="name"),
    Column("统一社会信用代码", lambda row: row.credit_code, sort="credit_code"),
    Column("县", lambda row: area_name(row.county)),
    Column("规模", lambda row: row.size),
    Column("政策", lambda row: row.policy),
    Column("结果", lambda row: row.state),
    Column("金额（元）", lambda row: row.amount, "money_yuan", sort="amount"),
]


# --- the builder ---------------------------------------------------------------------------------

_COMPARISONS = [
    ("", "请选择"),
    (">=", "不少于 ≥"),
    (">", "多于 >"),
    ("<=", "不多于 ≤"),
    ("<", "少于 <"),
    ("=", "是 ="),
    ("属于", "属于其中之一"),
    ("位于", "位于（地区）"),
    ("is", "成立（是）"),
    ("not", "不成立（否）"),
]
_STATES = [("eligible", "符合"), ("ineligible", "不符合"), ("undetermined", "待定")]
_LINES = {"rows": 3}


def _fact_choices() -> list[tuple[str, str]]:
    facts = shipped().vocabulary.facts.values()
    return [
        ("", "请选择"),
        *((f.key, f"{f.name}（{f.unit.name}）" if f.unit.name else f.name) for f in facts),
    ]


class PolicyForm(forms.Form):
    """What a policy is, gives and asks for; its conditions and examples are rows of their own."""

    revision = forms.IntegerField(widget=forms.HiddenInput)
    title = forms.CharField(label="名称", max_length=200)
    summary = forms.CharField(label="一句话说明", max_length=500, widget=forms.Textarea(_LINES))
    departments = forms.CharField(label="部门", help_text="几个部门用顿号隔开。")
    valid_from = forms.DateField(label="有效期起", required=False)
    valid_to = forms.DateField(label="有效期止", required=False, help_text="不填：没有截止日。")
    region = forms.RegexField(r"^\d{6}$", label="地区代码", help_text="六位行政区划代码。")
    benefit_text = forms.CharField(label="给什么", max_length=500, widget=forms.Textarea(_LINES))
    amount = forms.CharField(
        label="金额算式", required=False, help_text="如 20万元，或 取小(研发费用 * 10%, 50万元)。"
    )
    cap = forms.CharField(label="最高金额", required=False, help_text="如 50万元。")
    window = forms.CharField(label="申报时间", required=False)
    contact = forms.CharField(label="问谁", required=False)
    materials = forms.CharField(
        label="材料", required=False, help_text="一行一种。", widget=forms.Textarea(_LINES)
    )

    @staticmethod
    def initial_of(data: Mapping[str, Any]) -> dict[str, Any]:
        """The fields of a policy's data."""
        benefit, applying = data["benefit"], data.get("apply") or {}
        return {
            "title": data["title"],
            "summary": data["summary"],
            "departments": "、".join(data["departments"]),
            "valid_from": data["valid"]["from"],
            "valid_to": data["valid"]["to"],
            "region": data["region"],
            "benefit_text": benefit["text"],
            "amount": benefit.get("amount"),
            "cap": benefit.get("cap"),
            "window": applying.get("window"),
            "contact": applying.get("contact"),
            "materials": "\n".join(applying.get("materials") or []),
        }

    def changes(self) -> dict[str, Any]:
        """The parts of the data these fields say."""
        data = self.cleaned_data
        return {
            "title": data["title"],
            "summary": data["summary"],
            "departments": [name for name in re.split(r"[、，,\s]+", data["departments"]) if name],
            "valid": {
                "from": data["valid_from"] and data["valid_from"].isoformat(),
                "to": data["valid_to"] and data["valid_to"].isoformat(),
            },
            "region": data["region"],
            "benefit": {
                "text": data["benefit_text"],
                "amount": data["amount"],
                "cap": data["cap"],
            },
            "apply": {
                "window": data["window"],
                "contact": data["contact"],
                "materials": [
                    line.strip() for line in data["materials"].splitlines() if line.strip()
                ],
            },
        }


class ConditionForm(forms.Form):
    """One condition: a sentence, and a formula written out or put together from pickers."""

    key = forms.CharField(required=False, widget=forms.HiddenInput)
    text = forms.CharField(label="条件（给企业看的话）", max_length=300)
    article = forms.CharField(label="条款", max_length=200)
    if_ = forms.CharField(
        label="算式", required=False, help_text="会写的直接写；不会写的空着，在下面选。"
    )
    fact = forms.ChoiceField(label="企业信息", required=False, choices=_fact_choices)
    comparison = forms.ChoiceField(label="比较", required=False, choices=_COMPARISONS)
    value = forms.CharField(label="值", required=False, help_text="如 20人、300万元、小型。")
    remove = forms.BooleanField(label="去掉这个条件", required=False)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("if_") or data.get("remove"):
            return data
        fact, comparison = data.get("fact"), data.get("comparison")
        if not fact or not comparison or (comparison not in ("is", "not") and not data["value"]):
            raise forms.ValidationError("请写算式，或者把企业信息、比较、值三样选全。")
        data["if_"] = formula(shipped().vocabulary[fact], comparison, data["value"])
        return data


class ExampleForm(forms.Form):
    """One example: facts, and what must come out."""

    place = forms.IntegerField(required=False, widget=forms.HiddenInput)
    name = forms.CharField(label="例子", max_length=300)
    on = forms.DateField(label="日期")
    facts = forms.CharField(
        label="企业信息",
        required=False,
        help_text="一行一项，如 从业人员: 45人。",
        widget=forms.Textarea({"rows": 6}),
    )
    status = forms.ChoiceField(label="应得的结果", choices=_STATES)
    amount = forms.CharField(label="应得的金额", required=False)
    remove = forms.BooleanField(label="去掉这个例子", required=False)

    def clean_facts(self) -> dict[str, Any]:
        try:
            found = parse(self.cleaned_data["facts"], "例子").data or {}
        except DefinitionError as error:
            raise forms.ValidationError(error.problems[0].message) from error
        if not isinstance(found, dict):
            raise forms.ValidationError("请一行写一项，名称和值之间用“: ”。")
        return found


_Conditions = forms.formset_factory(ConditionForm, extra=1)
_Examples = forms.formset_factory(ExampleForm, extra=1)


class Builder:
    """A policy as one form: what it is, its conditions, its examples. Writes the same text."""

    def __init__(self, data: Mapping[str, Any], revision: int, posted: Any = None) -> None:
        self.data = data
        initial = {**PolicyForm.initial_of(data), "revision": revision}
        self.policy = PolicyForm(posted, initial=initial)
        conditions = [
            {"key": one["key"], "text": one["text"], "article": one["article"], "if_": one["if"]}
            for one in data["conditions"]
        ]
        self.conditions = _Conditions(posted, initial=conditions, prefix="conditions")
        examples = [
            {
                "place": place,
                "name": one["name"],
                "on": one["on"],
                "facts": write(one["facts"]).strip(),
                "status": one["expect"]["status"],
                "amount": one["expect"].get("amount"),
            }
            for place, one in enumerate(data["examples"])
        ]
        self.examples = _Examples(posted, initial=examples, prefix="examples")

    def is_valid(self) -> bool:
        parts = [self.policy.is_valid(), self.conditions.is_valid(), self.examples.is_valid()]
        return all(parts)

    @property
    def revision(self) -> int:
        number: int = self.policy.cleaned_data["revision"]
        return number

    def text(self) -> str:
        """The policy's text as the forms say it."""
        conditions = [form.cleaned_data for form in self.conditions if form.cleaned_data]
        examples = [form.cleaned_data for form in self.examples if form.cleaned_data]
        changes = {
            **self.policy.changes(),
            "conditions": conditions_from(self.data["conditions"], conditions),
            "examples": examples_from(self.data["examples"], examples),
        }
        return write(with_changes(self.data, changes))
