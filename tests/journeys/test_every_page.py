"""Every page that needs no number in its address: no serious finding of axe, nothing too wide.

Pages with a number in the address are looked at by the journeys of their services.
"""

from __future__ import annotations

import pytest
from django.conf import settings

from tests.platform.test_routes import routes, rule_of

pytestmark = pytest.mark.django_db(transaction=True)

ROLES = ("clerk", "owner", "auditor", "supervisor", "head", "administrator", "operator")
FILES = ("text/html",)


def _rules() -> dict[str, str]:
    return {f"/{address}": rule_of(view).text for address, view in routes() if "<" not in address}


@pytest.fixture
def anybody(person, firm, office, signed_in):
    """The session of somebody who may open a route under a rule; none where all may."""

    def session(text: str) -> str | None:
        if text == "everyone":
            return None
        role = next(role for role in ROLES if text == "signed_in" or _may(role, text))
        party = {
            "owner": {"enterprise": firm},
            "administrator": {},
            "auditor": {"office": office("审计")},
        }.get(role, {"office": office(_department(text))})
        return signed_in(person(role, **party)).cookies[settings.SESSION_COOKIE_NAME].value

    return session


def _may(role: str, text: str) -> bool:
    from huiqi.kernel.registry import permissions

    return role in permissions()[text].roles


def _department(text: str) -> str:
    from huiqi.kernel.registry import permissions

    held = permissions().get(text)
    return held.departments[0] if held and held.departments else "工信"


@pytest.mark.parametrize("size", ["phone", "desk"])
def test_every_page_is_accessible_and_fits(open_page, check_page, anybody, live_server, size):
    by_rule: dict[str, list[str]] = {}
    for address, text in _rules().items():
        by_rule.setdefault(text, []).append(address)
    looked_at = 0
    for text, addresses in by_rule.items():
        page = open_page(size)
        session = anybody(text)
        if session:
            cookie = {"name": settings.SESSION_COOKIE_NAME, "value": session}
            page.context.add_cookies([{**cookie, "url": live_server.url}])
        for address in addresses:
            answer = page.request.get(address, max_redirects=0)
            if answer.status != 200 or not answer.headers["content-type"].startswith(FILES):
                continue  # a form's target, a redirect, a download
            page.goto(address)
            check_page(page)
            looked_at += 1
    assert looked_at >= len(_rules()) // 3
