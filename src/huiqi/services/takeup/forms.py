"""Filters of the list of firms that missed something."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet

from huiqi.kernel.definitions.rulebook import areas, industries, rulebook
from huiqi.kernel.parties.models import Enterprise
from huiqi.services.takeup import queries
from huiqi.services.takeup.rules import CAUSES
from huiqi.web.lists import Filters

_ALL = ("", "全部")


def _policies() -> list[tuple[str, str]]:
    return [_ALL, *{policy.key: policy.title for policy in rulebook().policies}.items()]


def _counties() -> list[tuple[str, str]]:
    tree = areas()
    home = rulebook().profile.home or tree.roots[0]
    return [_ALL, *((code, tree.name(code)) for code in tree.children(home))]


def _sections() -> list[tuple[str, str]]:
    tree = industries()
    return [_ALL, *((code, tree.name(code)) for code in tree.roots)]


class MissedFilters(Filters):
    policy = forms.ChoiceField(label="政策", choices=_policies, required=False)
    county = forms.ChoiceField(label="地区", choices=_counties, required=False)
    cause = forms.ChoiceField(label="原因", choices=[_ALL, *CAUSES.items()], required=False)
    industry = forms.ChoiceField(label="行业", choices=_sections, required=False)
    size = forms.ChoiceField(
        label="规模",
        choices=[_ALL, *((key, label) for key, label in Enterprise.Size.choices if key)],
        required=False,
    )

    def apply(self, rows: QuerySet[Any], given: dict[str, Any]) -> QuerySet[Any]:
        given = dict(given)
        section = given.pop("industry", None)
        if section:
            rows = rows.filter(division__in=queries.divisions(section))
        return rows.filter(**given)
