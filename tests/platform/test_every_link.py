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
    "accountant",
    "newcomer",
    "clerk",
    "supervisor",
    "county",
    "tax",
    "auditor",
    "admin",
)


@pytest.mark.parametrize("username", PEOPLE)
def test_every_link_leads_somewhere(demonstration, username):
    _, visit = visit_as(username)
    assert visit.wrong() == []
    assert len(visit.opened) > 3


def test_two_firms_never_open_each_others_pages(demonstration):
    _same_for_all = {route for route, view in routes() if rule_of(view).text == "everyone"}
    (mine, my_visit), (theirs, their_visit) = visit_as("owner"), visit_as("owner2")
    for client, visit, other in ((mine, their_visit, my_visit), (theirs, my_visit, their_visit)):
        private = [
            address
            for address in visit.own()
            if visit.opened[address][0] not in _same_for_all and address not in other.opened
        ]
        for address in private:
            assert client.get(address).status_code in (403, 404), address
