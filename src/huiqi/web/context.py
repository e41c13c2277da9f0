"""What every page needs: who is here, the menu, the footer."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from huiqi.kernel.access import Actor, actor_of
from huiqi.kernel.notices.queries import unread
from huiqi.kernel.registry import MenuEntry, resolve, services

LARGE_PRINT = "large_print"
"""Cookie of people who read with larger letters."""


def page(request: HttpRequest) -> dict[str, Any]:
    actor = actor_of(request)
    return {
        "actor": actor,
        "menu": menu(actor, "menu"),
        "footer_links": menu(actor, "footer"),
        "unread": SimpleLazyObject(lambda: unread(actor, timezone.localdate())),
        "memberships": getattr(request, "memberships", []),
        "demo": settings.HUIQI_DEMO,
        "footer": settings.HUIQI_FOOTER,
        "request_number": getattr(request, "request_number", ""),
        "large_print": request.COOKIES.get(LARGE_PRINT) == "1",
    }


def menu(actor: Actor, place: str) -> list[MenuEntry]:
    """The entries of one place that an actor may use, in order."""
    entries = [
        entry
        for service in services()
        for entry in service.menu
        if entry.place == place
        and (entry.permission is None or actor.may(entry.permission))
        and (not entry.kinds or actor.kind in entry.kinds)
    ]
    return sorted(entries, key=lambda entry: entry.order)


def home_sections(actor: Actor, on: date) -> list[tuple[str, Any]]:
    """What services bring to the home page of an actor: template and its data, in order."""
    return [
        (section.template, resolve(section.data)(actor, on))
        for service in services()
        for section in service.home
        if not section.kinds or actor.kind in section.kinds
    ]
