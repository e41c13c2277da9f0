"""The form for a new machine client."""

from __future__ import annotations

from typing import Any

from django import forms

from huiqi.kernel.machines.scopes import all_scopes
from huiqi.kernel.parties.models import Institution, Office


class MachineForm(forms.Form):
    name = forms.CharField(label="系统名称", max_length=100)
    party = forms.ChoiceField(
        label="代表哪个单位", help_text="这个系统只能看到、写入该单位能看、能写的。"
    )
    scopes = forms.MultipleChoiceField(label="数据范围", widget=forms.CheckboxSelectMultiple)

    def __init__(
        self, *args: Any, offices: list[Office], institutions: list[Institution], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.parties: dict[str, Office | Institution] = {
            **{f"office-{one.pk}": one for one in offices},
            **{f"institution-{one.pk}": one for one in institutions},
        }
        self.fields["party"].choices = [  # type: ignore[attr-defined]  # a ChoiceField
            ("", "请选择"),
            *((key, str(party)) for key, party in self.parties.items()),
        ]
        self.fields["scopes"].choices = list(all_scopes().items())  # type: ignore[attr-defined]  # same

    def chosen_party(self) -> Office | Institution:
        return self.parties[self.cleaned_data["party"]]
