"""Missing facts, answered in place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from huiqi.kernel.standings.models import TakeUp
from huiqi.rules.vocabulary import FactDefinition
from huiqi.web.fact_fields import fact_field


class AnswersForm(forms.Form):
    """One field a fact; what is left blank stays as it is."""

    def __init__(self, facts: Sequence[FactDefinition], data: Any = None) -> None:
        super().__init__(data)
        for fact in facts:
            field = fact_field(fact)
            field.help_text = f"{fact.model.question} {field.help_text}".strip()
            self.fields[fact.key] = field

    @property
    def looks_up(self) -> bool:
        """Whether only “find” was pressed: the page comes again, with what was found."""
        return "find" in self.data

    def values(self) -> dict[str, int]:
        """Stored integers of what was answered."""
        return {key: value for key, value in self.cleaned_data.items() if value is not None}


MARKS = (("", "还没办"), *TakeUp.State.choices)
