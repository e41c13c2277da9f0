"""Pages with a number in their address, as people reach them: access and fit."""

from __future__ import annotations

import pytest
from django.conf import settings as django_settings
from django.test import Client

from huiqi.demo.seed import seed
from huiqi.kernel.accounts.models import User
from tests.crawl import crawl

pytestmark = pytest.mark.django_db(transaction=True)
FIRMS = 20


@pytest.mark.parametrize("username", ["owner", "clerk", "auditor", "admin"])
def test_every_page_reached_is_accessible_and_fits(
    open_page, check_page, live_server, settings, username
):
    settings.HUIQI_DEMO = True
    seed(FIRMS)
    client = Client()
    user = User.objects.get(username=username)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    pages = crawl(client).pages()
    looked_at = [address for route, address in pages.items() if "<" in route]
    assert looked_at
    name = django_settings.SESSION_COOKIE_NAME
    cookie = {"name": name, "value": client.cookies[name].value, "url": live_server.url}
    for size in ("phone", "desk"):
        page = open_page(size)
        page.context.add_cookies([cookie])
        for address in looked_at:
            page.goto(address)
            check_page(page)
