"""The builder writes the same policy: text → form → text, for every shipped policy."""

from __future__ import annotations

import pytest
from django.utils import timezone

from huiqi.kernel.definitions.checking import build as policy_of
from huiqi.kernel.definitions.models import DefinitionVersion
from huiqi.kernel.definitions.rulebook import shipped
from huiqi.rules.policy_model import PolicyModel
from huiqi.rules.strict_yaml import parse
from huiqi.services.workshop.forms import Builder
from huiqi.services.workshop.rules import formula

POLICIES = shipped().policies
KEY = "haixi_achievement_award"


def posted(builder: Builder) -> dict[str, str]:
    """What a browser sends of the forms as they are shown."""
    sent = {}
    forms = [builder.policy, *builder.conditions, *builder.examples]
    forms += [builder.conditions.management_form, builder.examples.management_form]
    for form in forms:
        for field in form:
            value = field.value()
            if value not in (None, False):
                sent[field.html_name] = str(value)
    return sent


@pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: policy.document.file)
def test_nothing_changes_when_nothing_is_changed(policy):
    data = policy.document.data
    builder = Builder(data, 1, posted(Builder(data, 1)))
    assert builder.is_valid(), [
        builder.policy.errors,
        builder.conditions.errors,
        builder.examples.errors,
    ]
    again = PolicyModel.model_validate(parse(builder.text(), "x.yaml").data)
    assert again == policy.model


@pytest.mark.parametrize(
    ("fact", "comparison", "value", "expected"),
    [
        ("从业人员", ">=", "20", "从业人员 >= 20人"),
        ("营业收入", ">", "300万元", "营业收入 > 300万元"),
        ("失信被执行人", "not", "", "非 失信被执行人"),
        ("主体类型", "=", "企业", "主体类型 = 企业"),
        ("企业规模", "属于", "小型, 微型", "企业规模 属于 [小型, 微型]"),
        ("登记地", "位于", "本州", "登记地 位于 本州"),
    ],
)
def test_formulas_from_pickers(fact, comparison, value, expected):
    vocabulary = shipped().vocabulary
    found = formula(vocabulary.find(fact), comparison, value)
    assert found == expected
    text = shipped().policy(KEY, timezone.localdate()).document.text
    assert policy_of(text.replace("if: 成果转化项目验收", f"if: {found}"), KEY)


@pytest.mark.django_db
def test_a_condition_is_added_and_one_taken_away(person, office, signed_in):
    clerk = signed_in(person("clerk", office=office("工信")))
    clerk.post(f"/workshop/policies/{KEY}/draft")
    version = DefinitionVersion.objects.get()
    address = f"/workshop/drafts/{version.pk}/form"
    assert clerk.get(address).status_code == 200
    builder = Builder(parse(version.text, "x").data, version.revision)
    sent, last = posted(builder), len(builder.conditions.forms) - 1
    sent |= {
        f"conditions-{last}-text": "从业人员20人以上",
        f"conditions-{last}-article": "示例",
        f"conditions-{last}-fact": shipped().vocabulary.find("从业人员").key,
        f"conditions-{last}-comparison": ">=",
    }
    refused = clerk.post(address, sent)
    assert refused.status_code == 422
    assert "从业人员20人以上" in refused.content.decode()
    sent[f"conditions-{last}-value"] = "20"
    sent["conditions-0-remove"] = "on"
    assert clerk.post(address, sent).status_code == 302
    version.refresh_from_db()
    policy = policy_of(version.text, KEY)
    assert policy.criteria[0].key == "size"
    assert policy.criteria[-1].formula == "从业人员 >= 20人"
    assert version.revision == 2
    assert clerk.post(address, sent).status_code == 409  # what was read is no longer the newest


@pytest.mark.django_db
def test_a_text_of_the_wrong_form_goes_to_the_editor(person, office, signed_in):
    clerk = signed_in(person("clerk", office=office("工信")))
    clerk.post(f"/workshop/policies/{KEY}/draft")
    DefinitionVersion.objects.update(text="title: [")
    number = DefinitionVersion.objects.get().pk
    assert clerk.get(f"/workshop/drafts/{number}/form").status_code == 422
