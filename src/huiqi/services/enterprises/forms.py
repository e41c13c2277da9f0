"""Forms of the enterprises: what a list is narrowed by, and what a firm tells of itself."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet

from huiqi.kernel.access import Actor
from huiqi.kernel.definitions.rulebook import industries, rulebook
from huiqi.kernel.facts.models import Observation
from huiqi.kernel.parties.models import Enterprise
from huiqi.kernel.parties.queries import inside
from huiqi.rules.vocabulary import FactDefinition
from huiqi.services.enterprises import queries, rules
from huiqi.web.fact_fields import fact_field
from huiqi.web.lists import Filters

_UNKNOWN = "unknown"
HONOURS = "qualifications"
"""The fact that holds a firm's qualifications: a set."""


class EnterpriseFilters(Filters):
    q = forms.CharField(label="名称或信用代码", required=False, max_length=100)
    area = forms.ChoiceField(label="登记地", required=False)
    industry = forms.ChoiceField(label="行业门类", required=False)
    size = forms.ChoiceField(label="规模", required=False)
    status = forms.ChoiceField(
        label="登记状态", required=False, choices=[("", "全部"), *Enterprise.Status.choices]
    )
    honour = forms.ChoiceField(label="资质荣誉", required=False)
    since = forms.DateField(
        label="成立不早于", required=False, widget=forms.DateInput({"type": "date"})
    )
    until = forms.DateField(
        label="成立不晚于", required=False, widget=forms.DateInput({"type": "date"})
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        tree = industries()
        sizes = [(size or _UNKNOWN, rules.SIZE_NAMES.get(size, size)) for size in rules.SIZES]
        for name, choices in {
            "area": queries.counties(actor),
            "industry": [(code, f"{code} {tree.name(code)}") for code in tree.roots],
            "size": sizes,
            "honour": [(name, name) for name in honours()],
        }.items():
            self.fields[name].choices = [("", "全部"), *choices]  # type: ignore[attr-defined]  # a ChoiceField

    def apply(self, rows: QuerySet[Any], given: dict[str, Any]) -> QuerySet[Any]:
        for name, value in given.items():
            rows = getattr(self, f"_by_{name}")(rows, value)
        return rows

    def _by_q(self, rows: QuerySet[Any], value: str) -> QuerySet[Any]:
        words = value.split()
        for word in words:
            rows = rows.filter(Q(name__contains=word) | Q(credit_code__startswith=word.upper()))
        return rows

    def _by_area(self, rows: QuerySet[Any], value: str) -> QuerySet[Any]:
        return rows.filter(area__startswith=inside(value))

    def _by_industry(self, rows: QuerySet[Any], value: str) -> QuerySet[Any]:
        wanted = Q(industry=value)
        for division in industries().children(value):
            wanted |= Q(industry__startswith=division)
        return rows.filter(wanted)

    def _by_size(self, rows: QuerySet[Any], value: str) -> QuerySet[Any]:
        return rows.filter(size="" if value == _UNKNOWN else value)

    def _by_status(self, rows: QuerySet[Any], value: str) -> QuerySet[Any]:
        return rows.filter(status=value)

    def _by_honour(self, rows: QuerySet[Any], value: str) -> QuerySet[Any]:
        # Members of a set stand one a line; one may be part of another's name.
        line = rf"(^|\n){re.escape(value)}(\n|$)"
        has = Observation.objects.filter(
            enterprise=OuterRef("pk"), fact=HONOURS, text__regex=line, superseded_at=None
        )
        return rows.filter(Exists(has))

    def _by_since(self, rows: QuerySet[Any], value: Any) -> QuerySet[Any]:
        return rows.filter(established_on__gte=value)

    def _by_until(self, rows: QuerySet[Any], value: Any) -> QuerySet[Any]:
        return rows.filter(established_on__lte=value)


def honours() -> tuple[str, ...]:
    """Qualifications and honours 企业资质 a firm may hold."""
    return rulebook().vocabulary[HONOURS].values


class FactsForm(forms.Form):
    """The facts of one topic, a question each; what is left empty is not changed."""

    def __init__(self, *args: Any, facts: Iterable[FactDefinition], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for fact in facts:
            self.fields[fact.key] = fact_field(fact)
            self.fields[fact.key].help_text = fact.model.question

    def told(self) -> dict[str, int]:
        """Stored integers of what was filled in."""
        return {key: value for key, value in self.cleaned_data.items() if value is not None}
