"""Forms of the workshop."""

from __future__ import annotations

from typing import Any

import polars as pl
from django import forms

from huiqi.kernel.definitions.models import DefinitionVersion
from huiqi.kernel.definitions.rulebook import area_name, areas
from huiqi.rules.simulation import DIMENSIONS
from huiqi.services.workshop.rules import STATES
from huiqi.web.lists import Filters
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
