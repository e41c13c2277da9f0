"""Forms of the inbox: filters of the list, wishes for each kind of notice."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.db.models import QuerySet

from huiqi.kernel.notices.kinds import kinds
from huiqi.kernel.notices.models import Delivery, Preference
from huiqi.kernel.registry import NoticeKind
from huiqi.web.lists import Filters

_REQUIRED = "这类通知依法或者依约必须送达，站内消息不能关闭。"


def _kinds() -> list[tuple[str, str]]:
    return [("", "全部"), *((kind.key, kind.title) for kind in kinds().values())]


class InboxFilters(Filters):
    kind = forms.ChoiceField(label="类别", choices=_kinds, required=False)
    unread = forms.BooleanField(label="只看未读", required=False)

    def apply(self, rows: QuerySet[Any], given: dict[str, Any]) -> QuerySet[Any]:
        if "kind" in given:
            rows = rows.filter(kind=given["kind"])
        if given.get("unread"):
            rows = rows.filter(read_at=None)
        return rows


class PreferencesForm(forms.Form):
    """For each kind how often and through which channels, besides the site itself."""

    def __init__(self, wishes: Mapping[NoticeKind, Preference], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.keys = [kind.key for kind in wishes]
        for kind, wish in wishes.items():
            frequency, channels = f"{kind.key}-frequency", f"{kind.key}-channels"
            if not kind.required:
                self.fields[frequency] = forms.ChoiceField(
                    label=f"{kind.title}：多久一次",
                    choices=Preference.Frequency.choices,
                    initial=wish.frequency,
                )
            self.fields[channels] = forms.MultipleChoiceField(
                label=f"{kind.title}：除站内消息外，还通过",
                help_text="这类通知依法或者依约必须送达，站内消息不能关闭。"
                if kind.required
                else "",
                choices=Delivery.Channel.choices,
                initial=wish.channels,
                required=False,
                widget=forms.CheckboxSelectMultiple,
            )

    def wishes(self) -> dict[str, tuple[str, list[str]]]:
        """Kind → frequency and channels."""
        given = self.cleaned_data
        return {
            key: (given.get(f"{key}-frequency", Preference.Frequency.NOW), given[f"{key}-channels"])
            for key in self.keys
        }
