"""What the list of events can be narrowed by."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone

from huiqi.kernel.definitions.rulebook import areas, rulebook
from huiqi.kernel.parties.queries import inside
from huiqi.services.oversight import queries
from huiqi.web.lists import Filters

_DAY = {"type": "date"}


class EventFilters(Filters):
    person = forms.CharField(label="人员或单位", required=False, max_length=100)
    since = forms.DateField(label="从", required=False, widget=forms.DateInput(_DAY))
    until = forms.DateField(label="到", required=False, widget=forms.DateInput(_DAY))
    action = forms.CharField(label="事项", required=False, max_length=60)
    kind = forms.ChoiceField(label="对象类别", required=False)
    subject = forms.CharField(
        label="对象", required=False, max_length=80, help_text="如统一社会信用代码"
    )
    area = forms.ChoiceField(label="地区", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        tree = areas()
        home = rulebook().profile.home or tree.roots[0]
        counties = [(code, tree.name(code)) for code in tree.children(home)]
        self.fields["kind"].choices = [("", "全部"), *queries.subject_kinds()]  # type: ignore[attr-defined]  # a ChoiceField
        self.fields["area"].choices = [("", "全部"), *counties]  # type: ignore[attr-defined]  # a ChoiceField

    def apply(self, rows: QuerySet[Any], given: dict[str, Any]) -> QuerySet[Any]:
        if "since" in given:
            rows = rows.filter(at__gte=_start(given["since"]))
        if "until" in given:
            rows = rows.filter(at__lt=_start(given["until"] + timedelta(days=1)))
        if "person" in given:
            rows = queries.by_person(rows, given["person"])
        if "action" in given:
            rows = queries.by_action(rows, given["action"])
        if "kind" in given:
            rows = rows.filter(subject_kind=given["kind"])
        if "subject" in given:
            rows = rows.filter(subject=given["subject"].strip())
        if "area" in given:
            rows = rows.filter(area__startswith=inside(given["area"]))
        return rows


def _start(day: Any) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))
