"""Telling people: who hears, how often, through what, and what happens when a provider is down."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.core import mail

from huiqi.kernel.access import Actor, system
from huiqi.kernel.errors import Invalid, NotFound
from huiqi.kernel.notices import actions, queries
from huiqi.kernel.notices.channels import Email, Letter
from huiqi.kernel.notices.models import Delivery, Notice
from huiqi.kernel.notices.outbox import BACK_OFF, send_due

ON = date(2026, 3, 4)  # a Wednesday
AT = datetime(2026, 3, 4, 9, 0, tzinfo=UTC)
BY = system("test")
pytestmark = pytest.mark.django_db


def tell(**given):
    message = {
        "kind": "reminder",
        "title": "证书快到期",
        "text": "还有 30 天。",
        "by": BY,
        "on": ON,
    }
    return actions.notify(**{**message, **given})


def actor(user, **more) -> Actor:
    return Actor("enterprise", user.name, user_id=user.pk, **more)


@pytest.fixture
def owner(person, firm):
    user = person("owner", enterprise=firm)
    user.email, user.phone = "owner@example.com", "13900000000"
    user.save()
    return user


def test_everybody_who_acts_for_a_firm_hears_and_nobody_else(owner, person, firm, other_firm):
    accountant = person("accountant", enterprise=firm)
    person("owner", enterprise=other_firm)
    former = person("owner", enterprise=firm, username="former")
    former.memberships.update(ends_on=ON - timedelta(days=1))
    made = tell(enterprise_id=firm.pk)
    assert {one.user_id for one in made} == {owner.pk, accountant.pk}


def test_an_office_hears_as_a_whole(person, office):
    clerk = person("clerk", office=office("工信"))
    person("clerk", office=office("财政"))
    assert [one.user_id for one in tell(office_id=office("工信").pk)] == [clerk.pk]


def test_the_same_matter_is_told_once(owner, firm):
    assert len(tell(enterprise_id=firm.pk, key="licence-7")) == 1
    assert tell(enterprise_id=firm.pk, key="licence-7") == []
    assert len(tell(enterprise_id=firm.pk, key="licence-8")) == 1


def test_an_undeclared_kind_is_a_mistake_of_the_program(owner):
    with pytest.raises(LookupError):
        tell(to=[owner.pk], kind="no_such_kind")


def test_a_reminder_appears_on_its_day(owner):
    tell(to=[owner.pk], due_on=ON + timedelta(days=30))
    assert queries.unread(actor(owner), ON) == 0
    assert queries.unread(actor(owner), ON + timedelta(days=30)) == 1


def test_notices_of_a_firm_go_with_the_role(owner, firm):
    (notice,) = tell(enterprise_id=firm.pk)
    assert queries.notice(actor(owner), notice.pk, ON) == notice
    owner.memberships.update(ends_on=ON)
    with pytest.raises(NotFound):
        queries.notice(actor(owner), notice.pk, ON + timedelta(days=1))


def test_nobody_reads_the_notices_of_another(owner, person, other_firm):
    (notice,) = tell(to=[owner.pk])
    stranger = actor(person("owner", enterprise=other_firm))
    with pytest.raises(NotFound):
        actions.mark_read(notice.pk, by=stranger, on=ON, at=AT)
    with pytest.raises(NotFound):
        actions.mark_unread(notice.pk, by=stranger, on=ON)


def test_a_letter_leaves_after_the_commit(owner, firm, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        tell(enterprise_id=firm.pk, on=date.today(), reason="因为：证书登记了到期日")  # noqa: DTZ011 - the task looks at the clock
        assert mail.outbox == []
    (letter,) = mail.outbox
    assert letter.to == ["owner@example.com"]
    assert "证书登记了到期日" in letter.body
    assert "/inbox/stop/" in letter.extra_headers["List-Unsubscribe"]
    assert Delivery.objects.get().state == "sent"


def test_without_an_address_it_says_so(person):
    user = person()
    tell(to=[user.pk])
    send_due(ON, AT, digests=False)
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.error) == ("failed", "没有登记这个渠道的地址")


def test_a_provider_that_is_down_is_tried_again_and_then_given_up(owner, monkeypatch):
    def refuse(self, letter: Letter) -> None:
        raise ConnectionRefusedError("no answer")

    monkeypatch.setattr(Email, "send", refuse)
    tell(to=[owner.pk])
    at = AT
    for wait in BACK_OFF:
        assert send_due(at.date(), at, digests=False) == 0
        delivery = Delivery.objects.get()
        assert (delivery.state, delivery.retry_at) == ("waiting", at + wait)
        assert "no answer" in delivery.error
        send_due(at.date(), at, digests=False)  # too early: nothing is tried
        assert Delivery.objects.get().attempts == delivery.attempts
        at += wait
    send_due(at.date(), at, digests=False)
    assert Delivery.objects.get().state == "failed"
    assert Notice.objects.count() == 1  # on the site it was there all along


def test_a_letter_left_behind_by_a_dead_process_is_taken_up(owner):
    tell(to=[owner.pk])
    Delivery.objects.update(state="sending", tried_at=AT, attempts=1)
    assert send_due(ON, AT + timedelta(minutes=5), digests=False) == 0
    assert send_due(ON, AT + timedelta(minutes=16), digests=False) == 1


@pytest.mark.parametrize(("frequency", "day"), [("daily", 5), ("weekly", 9)])
def test_digests_gather_what_came(owner, frequency, day):
    actions.prefer({"reminder": (frequency, ["email"])}, by=actor(owner), on=ON)
    tell(to=[owner.pk], title="第一件")
    tell(to=[owner.pk], title="第二件")
    assert queries.unread(actor(owner), ON) == 2
    due = date(2026, 3, day)
    assert send_due(due - timedelta(days=1), AT, digests=True) == 0
    assert send_due(due, AT, digests=True) == 1
    assert mail.outbox[0].subject == "2 条新消息：第一件等"
    assert "第二件" in mail.outbox[0].body
    assert send_due(due, AT, digests=True) == 0


def test_text_messages_go_to_the_provider_in_the_settings(owner, settings, tmp_path):
    settings.HUIQI_SMS_FOLDER = tmp_path / "sms"
    actions.prefer({"reminder": ("now", ["sms"])}, by=actor(owner), on=ON)
    tell(to=[owner.pk])
    send_due(ON, AT, digests=False)
    (path,) = Path(tmp_path / "sms").glob("*.json")
    assert json.loads(path.read_text(encoding="utf-8"))["to"] == "13900000000"
    assert mail.outbox == []


def test_who_opted_out_is_not_told_except_what_must_arrive(owner):
    actions.prefer({"reminder": ("never", [])}, by=actor(owner), on=ON)
    assert tell(to=[owner.pk]) == []
    with pytest.raises(Invalid):
        actions.prefer({"document": ("never", [])}, by=actor(owner), on=ON)
    assert len(tell(to=[owner.pk], kind="document")) == 1


def test_telling_a_thousand_costs_few_queries(person, firm, django_assert_max_num_queries):
    users = [person("owner", enterprise=firm, username=f"u{n}").pk for n in range(50)]
    messages = [
        actions.Message("reminder", "标题", "内容", key=f"k{n}", to=tuple(users)) for n in range(20)
    ]
    with django_assert_max_num_queries(30):  # SQLite takes fewer than a hundred rows at a time
        assert len(actions.notify_all(messages, by=BY, on=ON)) == 1000
