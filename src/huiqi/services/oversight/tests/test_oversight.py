"""Auditors read all of their area and write nothing; nobody else reads the record."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import connection

from huiqi.kernel.access import Actor
from huiqi.kernel.audit.append_only import protect, unprotect
from huiqi.kernel.audit.models import Event
from huiqi.kernel.audit.recording import record
from huiqi.kernel.audit.sealing import seal
from huiqi.kernel.definitions.rulebook import rulebook
from huiqi.services.oversight.rules import differences

pytestmark = pytest.mark.django_db
AT = datetime(2026, 6, 1, tzinfo=UTC)
CLERK = Actor("office", "测试经办", user_id=7, role="clerk", on_behalf="测试工信部门")


def happened(subject: str, area: str, **changes) -> Event:
    return record(
        "facts.observed", by=CLERK, subject_kind="enterprise", subject=subject, area=area, **changes
    )


@pytest.fixture
def auditor(person, office, signed_in):
    def make(area: str = "632800"):
        return signed_in(person("auditor", office=office("审计", area)))

    return make


def subjects(client, **given) -> set[str]:
    listing = client.get("/oversight", given).context["listing"]
    return {event.subject for event in listing.objects}


def test_an_auditor_reads_what_belongs_to_the_area_and_what_to_none(auditor):
    happened("甲", "632801")
    happened("乙", "632802")
    happened("政策", "")
    assert subjects(auditor()) == {"甲", "乙", "政策"}
    assert subjects(auditor("632801")) == {"甲", "政策"}


def test_a_record_of_another_county_is_not_found(auditor):
    ours, theirs = happened("甲", "632801"), happened("乙", "632802")
    county = auditor("632801")
    assert county.get(f"/oversight/{ours.pk}").status_code == 200
    assert county.get(f"/oversight/{theirs.pk}").status_code == 404
    assert county.get("/oversight", {"area": "632802"}).context["listing"].count == 0
    rows = b"".join(county.get("/oversight", {"export": "csv"}).streaming_content).decode()
    assert "甲" in rows
    assert "乙" not in rows


@pytest.mark.parametrize("role", ["owner", "clerk", "head", "administrator"])
def test_nobody_else_reads_the_record(role, person, firm, office, signed_in):
    party = {"enterprise": firm} if role == "owner" else {"office": office("工信")}
    client = signed_in(person(role, **({} if role == "administrator" else party)))
    number = happened("甲", "632801").pk
    for address in ("/oversight", "/oversight/chain", f"/oversight/{number}"):
        assert client.get(address).status_code == 403


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({"person": "工信"}, {"甲", "乙"}),
        ({"person": "没有这个人"}, set()),
        ({"action": "部门录入"}, {"甲", "乙"}),
        ({"action": "observed"}, {"甲", "乙"}),
        ({"kind": "enterprise"}, {"甲", "乙"}),
        ({"subject": "甲"}, {"甲"}),
        ({"area": "632802"}, {"乙"}),
        ({"until": "2020-01-01"}, set()),
        ({"since": "2020-01-01"}, {"甲", "乙"}),
    ],
)
def test_filters_leave_what_they_say(auditor, given, found):
    happened("甲", "632801")
    happened("乙", "632802")
    assert subjects(auditor(), **given) == found


def test_before_and_after_are_told_in_words(auditor):
    fact = rulebook().vocabulary.find("从业人员")
    one = happened(
        "甲",
        "632801",
        before={"source": "tax", "facts": {fact.key: ["2025", 20, ""]}},
        after={"source": "tax", "facts": {fact.key: ["2025", 25, ""]}},
    )
    answer = auditor().get(f"/oversight/{one.pk}")
    (change,) = answer.context["detail"].changes
    assert change.name == fact.name
    assert change.before.replace(" ", "") == "20人（2025）"
    assert change.after.replace(" ", "") == "25人（2025）"


def test_differences_of_plain_data():
    found = differences({"a": 1, "b": {"c": [1]}}, {"b": {"c": [2]}, "d": None})
    assert [(one.path, one.before, one.after) for one in found] == [
        (("a",), 1, None),
        (("b", "c"), [1], [2]),
        (("d",), None, None),
    ]
    assert [one.is_gone for one in found] == [True, False, False]
    assert [one.is_new for one in found] == [False, False, True]
    assert differences({"a": 1}, {"a": 1}) == []


def test_the_chain_is_shown_and_computed_anew_when_asked(auditor, settings, tmp_path):
    settings.HUIQI_DATA = tmp_path
    one = happened("甲", "632801")
    seal(at=AT)
    happened("乙", "632801")
    client = auditor()
    page = client.get("/oversight/chain")
    assert page.context["chain"].report is None
    assert (page.context["chain"].seals, page.context["chain"].waiting) == (1, 1)
    assert "全部一致" in client.get("/oversight/chain", {"check": "1"}).content.decode()

    with connection.cursor() as cursor:
        for statement in unprotect("audit_event", connection.vendor):
            cursor.execute(statement)
        cursor.execute("UPDATE audit_event SET subject = 'x' WHERE id = %s", [one.pk])
        for statement in protect("audit_event", connection.vendor):
            cursor.execute(statement)
    wrong = client.get("/oversight/chain", {"check": "1"}).content.decode()
    assert f"第 {one.pk} 条记录被改动" in wrong


def test_pages_ask_little(auditor, django_assert_max_num_queries):
    for number in range(30):
        happened(str(number), "632801")
    seal(at=AT)
    client = auditor()
    newest = Event.objects.latest("pk").pk
    for address in ("/oversight", f"/oversight/{newest}", "/oversight/chain"):
        with django_assert_max_num_queries(12):
            assert client.get(address).status_code == 200
