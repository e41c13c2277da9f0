"""Forms of claims and members."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet

from huiqi.kernel.access import Actor
from huiqi.kernel.accounts.models import User
from huiqi.kernel.parties.actions import CLAIMABLE
from huiqi.kernel.registry import permissions
from huiqi.kernel.roles import ROLES
from huiqi.tables.credit_code import fault, normal
from huiqi.web.lists import Filters


class ClaimForm(forms.Form):
    credit_code = forms.CharField(
        label="统一社会信用代码", max_length=30, help_text="营业执照上的18位代码"
    )
    name = forms.CharField(label="企业名称", max_length=200, help_text="与营业执照完全一致")
    role = forms.ChoiceField(
        label="您在企业的身份", choices=[(key, ROLES[key].title) for key in CLAIMABLE]
    )
    statement = forms.CharField(
        label="说明",
        max_length=500,
        widget=forms.Textarea({"rows": 3}),
        help_text="写明怎样核实：如法定代表人姓名、可以联系的电话、什么时候到窗口出示执照",
    )

    def clean_credit_code(self) -> str:
        code = normal(self.cleaned_data["credit_code"])
        wrong = fault(code)
        if wrong is not None:
            raise forms.ValidationError(f"{wrong.message}。{wrong.advice}")
        return code


class DecisionForm(forms.Form):
    reason = forms.CharField(
        label="理由",
        required=False,
        max_length=500,
        widget=forms.Textarea({"rows": 3}),
        help_text="不同意时必须写，申请人会看到",
    )


class ClaimFilters(Filters):
    state = forms.ChoiceField(
        label="状态",
        required=False,
        choices=[("", "全部"), ("open", "待确认"), ("accepted", "已确认"), ("refused", "未通过")],
    )

    def apply(self, rows: QuerySet[Any], given: dict[str, Any]) -> QuerySet[Any]:
        wanted = {"open": None, "accepted": True, "refused": False}
        return rows.filter(accepted=wanted[given["state"]]) if "state" in given else rows


class MemberForm(forms.Form):
    username = forms.CharField(label="用户名", max_length=150, help_text="对方注册时的用户名")
    role = forms.ChoiceField(label="角色")
    ends_on = forms.DateField(
        label="截止日期",
        required=False,
        widget=forms.DateInput({"type": "date"}),
        help_text="代办人必须写，最长一年",
    )
    scope = forms.MultipleChoiceField(
        label="代办范围",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="只对代办人有用",
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        party = "enterprise" if actor.enterprise_id else "office"
        roles = [r for r in ROLES.values() if r.party == party and r.key != "auditor"]
        self.fields["role"].choices = [(role.key, role.title) for role in roles]  # type: ignore[attr-defined]  # a ChoiceField
        if party == "office":
            del self.fields["scope"]
            self.fields["ends_on"].help_text = ""
            return
        given = [p for p in permissions().values() if "agent" in p.roles]
        self.fields["scope"].choices = [(p.key, p.title) for p in given]  # type: ignore[attr-defined]  # a ChoiceField

    def clean_username(self) -> User:
        user = User.objects.filter(username=self.cleaned_data["username"], is_active=True).first()
        if user is None:
            raise forms.ValidationError("没有这个用户名，请向对方核对。")
        return user
