"""Every link of every person of the demonstration leads somewhere, and only to what is theirs."""

from __future__ import annotations

import pytest
from django.test import Client

from huiqi.demo.seed import seed
from huiqi.kernel.accounts.models import User
from tests.crawl import crawl
from tests.platform.test_routes import routes, rule_of

pytestmark = pytest.mark.django_db
FIRMS = 40


@pytest.fixture
def demonstration(db, settings):
    settings.HUIQI_DEMO = True
    seed(FIRMS)


def visit_as(username: str | None):
    client = Client()
    if username:
        user = User.objects.get(username=username)
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client, crawl(client)


PEOPLE = (
    None,
    "owner",
    "owner2",
    "accountant",
    "newcomer",
    "clerk",
    "supervisor",
    "county",
    "tax",
    "auditor",
    "admin",
)


def test_every_link_leads_somewhere_and_only_to_what_is_ones_own(demonstration):
    visits = {username: visit_as(username) for username in PEOPLE}
    for username, (_, visit) in visits.items():
        assert visit.wrong() == [], username
        assert len(visit.opened) > 3, username
    _never_open_each_others_pages(visits["owner"], visits["owner2"])


def _never_open_each_others_pages(one, other):
    for_all = {route for route, view in routes() if rule_of(view).text == "everyone"}
    for (client, visit), (_, others) in ((one, other), (other, one)):
        private = [
            address
            for address in others.own()
            if others.opened[address][0] not in for_all and address not in visit.opened
        ]
        assert private
        for address in private:
            assert client.get(address).status_code in (403, 404), address
