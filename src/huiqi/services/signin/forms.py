"""Forms of accounts beyond django-allauth's own."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest

from huiqi.kernel.accounts.models import User


class PersonForm(forms.Form):
    """What is asked besides user name and password when somebody signs up."""

    name = forms.CharField(label="姓名", max_length=100)
    phone = forms.RegexField(
        r"^\+?[0-9 -]{7,20}$",
        label="手机号",
        required=False,
        error_messages={"invalid": "请填写手机号码，如 13800000000"},
    )

    def signup(self, request: HttpRequest, user: User) -> None:
        del request  # django-allauth passes it
        user.name = self.cleaned_data["name"]
        user.phone = self.cleaned_data["phone"]
        user.save(update_fields=["name", "phone"])
