"""Forms of the reports."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet

from huiqi.web.lists import Filters


class ReportForm(forms.Form):
    page = forms.CharField(label="哪个页面", max_length=500, help_text="网址，或者页面的名称")
    text = forms.CharField(
        label="哪里不对", max_length=2000, widget=forms.Textarea(attrs={"rows": 5})
    )
    contact = forms.CharField(
        label="联系方式",
        max_length=100,
        required=False,
        help_text="想要回复的话，请留电话或邮箱。只用来回复您。",
    )
    # People don't see it; programs that fill in every field give themselves away.
    website = forms.CharField(required=False, widget=forms.HiddenInput)


class AnswerForm(forms.Form):
    answer = forms.CharField(
        label="处理结果", max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )


class ReportFilters(Filters):
    state = forms.ChoiceField(
        label="状态",
        required=False,
        choices=[("", "全部"), ("open", "待处理"), ("handled", "已处理")],
    )

    def apply(self, rows: QuerySet[Any], given: dict[str, Any]) -> QuerySet[Any]:
        if "state" in given:
            rows = rows.filter(handled_at__isnull=given["state"] == "open")
        return rows
