"""Base pages: home, roles, errors."""

import gzip
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

pytestmark = pytest.mark.django_db


def test_home_is_for_everybody(client):
    page = client.get("/")
    assert page.status_code == 200
    assert page.headers["X-Request-Number"]
    assert "Content-Security-Policy" in page.headers


def test_the_first_page_is_light(client):
    """All it loads, compressed, is at most 120 KB."""
    page = client.get("/").content
    parts = re.findall(r'(?:href|src)="/static/([^"]+\.(?:css|js|svg))"', page.decode())
    assert parts
    files = [Path(finders.find(name)).read_bytes() for name in parts]
    assert sum(len(gzip.compress(one)) for one in [page, *files]) <= 120 * 1024


def test_every_way_into_the_library_leads_to_policies(client):
    page = client.get("/").content.decode()
    ways = re.findall(r'href="(/policies\?[^"]+)">\S+ (\d+)<', page)
    assert len(ways) > 5
    for way, count in ways:
        assert client.get(way).context["listing"].count == int(count), way


def test_an_unknown_page_says_what_to_do(client):
    page = client.get("/no-such-page")
    assert page.status_code == 404
    assert "请检查网址" in page.content.decode()


def test_programs_get_errors_as_json(client):
    answer = client.get("/no-such-page", headers={"accept": "application/json"})
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == 404


def test_a_role_of_somebody_else_can_not_be_taken(person, firm, other_firm, signed_in):
    mine = person("owner", enterprise=firm)
    theirs = person("owner", enterprise=other_firm)
    client = signed_in(mine)
    answer = client.post("/act-as", {"membership": theirs.memberships.get().pk})
    assert answer.status_code == 422


def test_the_role_chosen_is_the_one_acted_in(person, firm, office, signed_in):
    user = person("owner", enterprise=firm)
    second = user.memberships.create(role="clerk", office=office("工信"), starts_on="2024-01-01")
    client = signed_in(user)
    assert firm.name in client.get("/").content.decode()
    client.post("/act-as", {"membership": second.pk})
    assert "您现在代表：632800工信" in client.get("/").content.decode()


def test_an_old_form_is_refused_in_words(person):
    client = Client(enforce_csrf_checks=True)
    answer = client.post("/print-size", {"large": "1"})
    assert answer.status_code == 403
    assert "打开得太久" in answer.content.decode()


def test_larger_print_is_remembered_and_never_leads_off_the_site(client):
    answer = client.post("/print-size", {"large": "1", "next": "https://example.com/"})
    assert answer.headers["location"] == "/"
    assert 'class="large-print"' in client.get("/").content.decode()
