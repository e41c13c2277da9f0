"""What the library can be narrowed by, each choice with how many policies it leaves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django import forms

from huiqi.kernel.definitions.rulebook import industries, rulebook
from huiqi.services.policies import queries
from huiqi.services.policies.queries import Entry
from huiqi.services.policies.rules import STATES, matches
from huiqi.web.lists import Filters
from huiqi.web.records import Records


class LibraryFilters(Filters):
    """Facets 分面: level, department, kind, audience, industry, state."""

    q = forms.CharField(label="关键词", required=False, max_length=100)
    state = forms.ChoiceField(label="状态", required=False)
    kind = forms.ChoiceField(label="类别", required=False)
    level = forms.ChoiceField(label="层级", required=False)
    department = forms.ChoiceField(label="部门", required=False)
    audience = forms.ChoiceField(label="对象", required=False)
    industry = forms.ChoiceField(label="行业门类", required=False)

    def __init__(self, *args: Any, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.on = on
        entries = queries.library(on)
        names = {"industry": {code: industries().name(code) for code in industries().roots}}
        names["state"] = {**STATES, "illustrative": "示例"}
        for name in FACETS:
            counts = Counter(value for one in entries for value in self._values(name, one))
            self.fields[name].choices = _choices(counts, names.get(name, {}))  # type: ignore[attr-defined]  # a ChoiceField

    @property
    def narrowed(self) -> bool:
        """Whether a facet is set, not only words."""
        return any(self.data.get(name) for name in FACETS)

    def _values(self, name: str, one: Entry) -> Iterable[str]:
        match name:
            case "state":
                return [one.state, *(["illustrative"] if one.is_illustrative else [])]
            case "department":
                return one.departments
            case "audience":
                return one.policy.model.audience
            case "industry":
                return queries.sections_of(rulebook(), self.on)[one.key]
            case _:
                return [getattr(one, name)]

    def apply(self, rows: Records, given: dict[str, Any]) -> Records:
        found = list(rows)
        for name, wanted in given.items():
            if name == "q":
                found = [one for one in found if matches(one.text, wanted)]
            elif name in FACETS:
                found = [one for one in found if wanted in self._values(name, one)]
        return Records(found)


FACETS = ("state", "kind", "level", "department", "audience", "industry")


def _choices(counts: Mapping[str, int], names: Mapping[str, str]) -> list[tuple[str, str]]:
    order = list(names) or sorted(counts, key=lambda value: (-counts[value], value))
    found = [(value, f"{names.get(value, value)}（{counts[value]}）") for value in order]
    return [("", "全部"), *((value, text) for value, text in found if counts[value])]
