"""What lists of work can be narrowed by."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet

from huiqi.kernel.jobs.models import Work
from huiqi.web.lists import Filters


class WorkFilters(Filters):
    state = forms.ChoiceField(
        label="状态", required=False, choices=[("", "全部"), *Work.State.choices]
    )

    def apply(self, rows: QuerySet[Any], given: dict[str, Any]) -> QuerySet[Any]:
        return rows.filter(state=given["state"]) if "state" in given else rows
