"""Every route has an access rule; who may open what is as committed in ``role_routes.csv``."""

from __future__ import annotations

import csv
from pathlib import Path

from django.urls import URLPattern, URLResolver, get_resolver

from huiqi.kernel.access import Rule
from huiqi.kernel.registry import permissions
from huiqi.kernel.roles import ROLES

TABLE = Path(__file__).with_name("role_routes.csv")
API = "api/v1/"
"""Its operations carry their rules themselves."""

WHO = ("访客", "已登录", *(role.title for role in ROLES.values()))


def routes(resolver=None, start=""):
    """All routes but the API's operations: (address, view)."""
    for entry in (resolver or get_resolver()).url_patterns:
        address = start + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from routes(entry, address)
        elif isinstance(entry, URLPattern) and not address.startswith(API):
            yield address, entry.callback


def rule_of(view) -> Rule | None:
    return getattr(view, "access_rule", None)


def allowed(rule: Rule) -> list[str]:
    """Yes or no for visitor, anyone signed in, each role; departments may narrow a yes."""
    if rule.text in ("everyone", "signed_in"):
        return ["是" if rule.text == "everyone" else "否", *["是"] * (len(WHO) - 1)]
    held = permissions()[rule.text]
    some = "、".join(held.departments) or "是"
    return ["否", "否", *(some if role in held.roles else "否" for role in ROLES)]


def table() -> list[list[str]]:
    rows = [["地址", "规则", *WHO]]
    for address, view in sorted(routes(), key=lambda route: route[0]):
        rule = rule_of(view)
        assert rule is not None, f"/{address} has no access rule"
        rows.append([f"/{address}", rule.text, *allowed(rule)])
    from huiqi.api.access import operations
    from huiqi.api.platform import platform_api

    for method, address, text in sorted(operations(platform_api())):
        rows.append(
            [f"{method} /api/v1{address}", text, *["否" if ":" in text else "是"] * len(WHO)]
        )
    return rows


def test_every_route_has_a_rule_that_exists():
    for address, view in routes():
        rule = rule_of(view)
        assert rule is not None, f"/{address} has no access rule"
        assert rule.text in {"everyone", "signed_in", *permissions()}, address


def test_who_may_open_what_is_as_committed():
    with TABLE.open(encoding="utf-8", newline="") as file:
        committed = list(csv.reader(file))
    # Changed on purpose? `python -m tests.platform.test_routes` writes the table again.
    assert table() == committed


def write() -> None:
    with TABLE.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(table())


if __name__ == "__main__":
    import os

    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    write()
