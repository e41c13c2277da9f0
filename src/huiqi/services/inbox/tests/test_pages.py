"""The inbox in the browser: reading, wishes, stopping without signing in."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client
from django.utils import timezone

from huiqi.kernel.access import system
from huiqi.kernel.notices.actions import notify
from huiqi.kernel.notices.models import Notice, Preference
from huiqi.kernel.notices.stopping import stop_token

pytestmark = pytest.mark.django_db


def tell(user, **more) -> Notice:
    given = {"kind": "reminder", "title": "证书快到期", "text": "还有 30 天。", **more}
    (made,) = notify(to=[user.pk], by=system("test"), on=timezone.localdate(), **given)
    return made


def test_reading_takes_it_off_the_count(person, signed_in):
    user = person()
    notice, client = tell(user, reason="因为：登记了到期日"), signed_in(user)
    assert "1<span" in client.get("/").content.decode()
    page = client.get(f"/inbox/{notice.pk}").content.decode()
    assert "因为：登记了到期日" in page
    assert "1<span" not in client.get("/").content.decode()
    client.post(f"/inbox/{notice.pk}/unread")
    assert Notice.objects.get().read_at is None
    client.post("/inbox/read")
    assert Notice.objects.get().read_at is not None


def test_somebody_elses_notice_is_not_there(person, signed_in):
    notice = tell(person())
    client = signed_in(person(username="stranger"))
    assert client.get(f"/inbox/{notice.pk}").status_code == 404
    assert client.post(f"/inbox/{notice.pk}/unread").status_code == 404
    assert "证书快到期" not in client.get("/inbox").content.decode()
    assert Notice.objects.get().read_at is None


def test_the_list_costs_few_queries(person, signed_in, django_assert_max_num_queries):
    user = person()
    for _ in range(25):
        tell(user)
    client = signed_in(user)
    with django_assert_max_num_queries(8):
        page = client.get("/inbox?unread=on&kind=reminder")
    assert "共 25 条" in page.content.decode()
    export = client.get("/inbox?export=csv")
    assert b"".join(export.streaming_content).count(b"\n") >= 26


def test_wishes_are_kept_and_what_must_arrive_has_no_switch(person, signed_in):
    user = person()
    client = signed_in(user)
    page = client.get("/inbox/settings").content.decode()
    assert 'name="reminder-frequency"' in page
    assert 'name="document-frequency"' not in page
    frequencies = {"reminder-frequency": "weekly", "work-frequency": "never"}
    wanted = dict.fromkeys(_frequencies(page), "now") | frequencies
    answer = client.post("/inbox/settings", {**wanted, "reminder-channels": ["sms"]})
    assert answer.status_code == 302
    kept = {p.kind: (p.frequency, p.channels) for p in Preference.objects.filter(user=user)}
    assert kept["reminder"] == ("weekly", ["sms"])
    assert kept["work"] == ("never", [])
    assert kept["document"][0] == "now"


def _frequencies(page: str) -> list[str]:
    return [part.split('"')[0] for part in page.split('name="')[1:] if "-frequency" in part[:40]]


def test_stopping_needs_no_account_and_a_visit_changes_nothing(person):
    user = person()
    address = f"/inbox/stop/{stop_token(user.pk, 'reminder')}"
    client = Client(enforce_csrf_checks=True)
    assert "到期提醒" in client.get(address).content.decode()
    assert not Preference.objects.exists()
    assert client.post(address, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert Preference.objects.get(user=user).frequency == "never"


@pytest.mark.parametrize("change", [lambda t: t[:-2] + "AA", lambda t: "x", lambda t: t + "b"])
def test_a_stop_link_that_was_tampered_with_is_refused_in_words(client, person, change):
    token = change(stop_token(person().pk, "reminder"))
    for answer in (client.get(f"/inbox/stop/{token}"), client.post(f"/inbox/stop/{token}")):
        assert answer.status_code == 422
        assert "退订链接不完整" in answer.content.decode()
    assert not Preference.objects.exists()


def test_a_link_for_what_must_arrive_stops_nothing(client, person):
    token = stop_token(person().pk, "document")
    assert client.post(f"/inbox/stop/{token}").status_code == 422


def test_a_notice_of_tomorrow_is_not_shown_today(person, signed_in):
    user = person()
    notice = tell(user, due_on=date(2199, 1, 1))
    assert signed_in(user).get(f"/inbox/{notice.pk}").status_code == 404
