"""Anyone reports a mistake; administrators answer once."""

import pytest
from django.utils import timezone

from huiqi.services.feedback import actions
from huiqi.services.feedback.models import Report

pytestmark = pytest.mark.django_db
GIVEN = {"page": "/duties", "text": "条款写错了", "contact": ""}


def test_a_report_gets_a_number(client):
    answer = client.post("/feedback", GIVEN)
    assert Report.objects.get().number in answer.content.decode()


def test_the_page_one_came_from_is_filled_in(client):
    page = client.get("/feedback", headers={"referer": "http://testserver/duties/25.1?x=1"})
    assert 'value="/duties/25.1"' in page.content.decode()


def test_what_was_typed_stays_when_something_is_missing(client):
    answer = client.post("/feedback", {"page": "", "text": "条款写错了"})
    assert answer.status_code == 422
    assert "条款写错了" in answer.content.decode()
    assert not Report.objects.exists()


def test_programs_that_fill_in_everything_are_not_heard(client):
    client.post("/feedback", {**GIVEN, "website": "http://example.com"})
    assert not Report.objects.exists()


def test_a_flood_is_stopped(client, monkeypatch):
    monkeypatch.setattr(actions, "MOST", 1)
    client.post("/feedback", GIVEN)
    assert client.post("/feedback", GIVEN).status_code == 429


def test_only_administrators_read_and_answer(client, person, office, signed_in):
    report = actions.send("/duties", "错字", "13900000000", at=timezone.now())
    address = f"/feedback/{report.number}"
    assert client.get(address).status_code == 302
    assert signed_in(person("head", office=office("工信"))).get(address).status_code == 403
    administrator = signed_in(person("administrator"))
    assert "13900000000" in administrator.get(address).content.decode()
    assert administrator.post(address, {"answer": "已更正"}).status_code == 302
    assert administrator.post(address, {"answer": "又更正"}).status_code == 409
    report.refresh_from_db()
    assert report.answer == "已更正"


def test_a_list_page_asks_little(person, signed_in, django_assert_max_num_queries):
    for number in range(30):
        actions.send("/", f"错 {number}", "", at=timezone.now())
    client = signed_in(person("administrator"))
    with django_assert_max_num_queries(12):
        page = client.get("/feedback/list", {"state": "open"})
    assert "共 30 条" in page.content.decode()
