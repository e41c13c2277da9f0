"""Work is its starter's; administrators see how it goes, not what came out."""

from __future__ import annotations

import pytest
from django.utils import timezone

from huiqi.kernel.jobs.models import Work
from huiqi.kernel.parties.actors import actor_for
from huiqi.kernel.parties.queries import memberships

pytestmark = pytest.mark.django_db


@pytest.fixture
def starter(person, office):
    return person("clerk", office=office("工信"))


@pytest.fixture
def work(starter):
    return Work.objects.create(
        title="模拟", task="a.b", on=timezone.localdate(), started_by=starter, starter=starter.name
    )


def test_the_page_asks_again_until_the_work_is_over(signed_in, starter, work):
    client = signed_in(starter)
    address = f"/jobs/{work.pk}"
    Work.objects.update(state="running", done=30, total=80, message="第 30 家")
    page = client.get(address).content.decode()
    assert 'value="30" max="80"' in page
    assert "http-equiv" in page
    assert "every 1s" in page
    Work.objects.update(state="done", result={"link": "/jobsshop/simulations/7"})
    part = client.get(address, headers={"HX-Request": "true"}).content.decode()
    assert "/jobsshop/simulations/7" in part
    assert "every 1s" not in part
    assert "<html" not in part
    assert "http-equiv" not in client.get(address).content.decode()


def test_nobody_else_sees_it(signed_in, work, person, office, firm, client):
    for other in (
        person("head", office=office("工信")),
        person("auditor", office=office("审计")),
        person("owner", enterprise=firm),
    ):
        assert signed_in(other).get(f"/jobs/{work.pk}").status_code == 404
        assert signed_in(other).get("/jobs/all").status_code == 403
        assert "模拟" not in signed_in(other).get("/jobs").content.decode()
    assert client.get(f"/jobs/{work.pk}").status_code == 302


def test_administrators_see_no_results(signed_in, work, person, django_assert_max_num_queries):
    admin = signed_in(person("administrator"))
    Work.objects.update(state="done", result={"link": "/secret", "sum": 42})
    with django_assert_max_num_queries(12):
        page = admin.get(f"/jobs/{work.pk}").content.decode()
    assert "模拟" in page
    assert "/secret" not in page
    with django_assert_max_num_queries(12):
        assert "模拟" in admin.get("/jobs/all").content.decode()


def test_administrators_retry_what_failed(signed_in, work, person, starter):
    address = f"/jobs/{work.pk}/retry"
    Work.objects.update(state="failed", error="数据快照里没有企业。")
    assert "数据快照里没有企业" in signed_in(starter).get(f"/jobs/{work.pk}").content.decode()
    assert signed_in(starter).post(address).status_code == 403
    admin = signed_in(person("administrator"))
    assert admin.post(address).status_code == 302
    assert Work.objects.get().state == "queued"
    assert admin.post(address).status_code == 409


def test_the_queries_agree_with_the_pages(work, starter):
    from huiqi.kernel.jobs import queries

    actor = actor_for(starter, list(memberships(starter.pk, timezone.localdate())), None)
    assert list(queries.mine(actor)) == [work]
    assert list(queries.everybodys(actor)) == []
