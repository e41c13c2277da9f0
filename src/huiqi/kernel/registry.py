"""What services declare about themselves, and what the rest of the platform asks of them.

A service is a package with a ``service.py`` that holds one ``Service``. Nothing is registered
anywhere else: menus, addresses, permissions, duties, event handlers and schedules come from here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from importlib import import_module
from typing import Any, Literal

from django.conf import settings


@dataclass(frozen=True)
class Permission:
    """What some roles may do. ``key``: ``service.verb``."""

    key: str
    title: str
    roles: tuple[str, ...]
    departments: tuple[str, ...] = ()
    """Departments whose offices may; none named: all."""


@dataclass(frozen=True)
class MenuEntry:
    """A link in the navigation, shown to those who hold ``permission`` (none: to ``kinds``)."""

    title: str
    route: str
    permission: str | None = None
    kinds: tuple[str, ...] = ()
    """Kinds of actor it is for; none named: everybody."""

    order: int = 50
    summary: str = ""
    """One sentence for the card on the home page."""

    place: Literal["menu", "footer"] = "menu"


@dataclass(frozen=True)
class Schedule:
    """Work that is due again and again. ``task``: dotted path of a function of ``on: datetime``."""

    key: str
    title: str
    task: str
    every: timedelta


@dataclass(frozen=True)
class NoticeKind:
    """A kind of notice people can set their wishes for. ``channels``: besides the site.

    ``required``: the law or the matter demands that it arrives; nobody can switch it off.
    """

    key: str
    title: str
    required: bool = False
    channels: tuple[str, ...] = ("email",)
    frequency: str = "now"
    """``now``, ``daily`` or ``weekly``: how often letters leave; on the site it is always now."""


@dataclass(frozen=True)
class SearchKind:
    """A kind of thing the site's search finds.

    ``items``: dotted path of a function of ``on: date`` that yields ``kernel.search.index.Item``.
    ``visible``: dotted path of a function of the actor and the words that gives what this actor
    may see (with ``key``, ``title``, ``summary``, sliceable); none: what is public, for everybody.
    """

    key: str
    title: str
    route: str
    """Of the page of one; it takes the item's key."""

    items: str
    visible: str = ""


@dataclass(frozen=True)
class HomeSection:
    """A part of the home page that a service brings.

    ``data``: dotted path of a function of the actor and ``on: date``; its answer is ``data`` in
    the template.
    """

    template: str
    data: str
    kinds: tuple[str, ...] = ()
    """Kinds of actor it is for; none named: everybody."""


@dataclass(frozen=True)
class Service:
    """One service's manifest."""

    name: str
    title: str
    order: int = 50
    urls: str | None = None
    """Module with ``urlpatterns``, mounted at the root; addresses start with the service's own."""

    router: str | None = None
    """Dotted path of the API router, mounted under ``/api/v1``."""

    permissions: tuple[Permission, ...] = ()
    menu: tuple[MenuEntry, ...] = ()
    duties: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Duty → dotted paths of functions of ``on: date`` that give evidence in a sentence."""

    handlers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Event → dotted paths of functions of its payload."""

    schedules: tuple[Schedule, ...] = ()
    scopes: Mapping[str, str] = field(default_factory=dict)
    """Scopes of the API: key → what it lets a machine client do, in words."""

    notices: tuple[NoticeKind, ...] = ()
    search: tuple[SearchKind, ...] = ()
    home: tuple[HomeSection, ...] = ()
    demo: str | None = None
    """Dotted path of a function that adds the service's part of the demonstration; no arguments."""


@cache
def services() -> tuple[Service, ...]:
    """All services switched on, in order. Raises ImproperlyConfigured for one declared twice."""
    from django.core.exceptions import ImproperlyConfigured

    found = [_manifest(path) for path in settings.HUIQI_SERVICES]
    names = [service.name for service in found]
    keys = [permission.key for service in found for permission in service.permissions]
    for kind, values in (("service", names), ("permission", keys)):
        doubles = {value for value in values if values.count(value) > 1}
        if doubles:
            raise ImproperlyConfigured(f"{kind} declared twice: {sorted(doubles)}")
    return tuple(sorted(found, key=lambda service: service.order))


def _manifest(path: str) -> Service:
    manifest: Service = import_module(f"{path}.service").SERVICE
    return manifest


@cache
def permissions() -> Mapping[str, Permission]:
    """All permissions by key: the kernel's own and the services'."""
    from huiqi.kernel.permissions import KERNEL_PERMISSIONS

    declared = [*KERNEL_PERMISSIONS, *(p for service in services() for p in service.permissions)]
    return {permission.key: permission for permission in declared}


def handlers(event: str) -> list[str]:
    """Dotted paths of the functions that want to hear of an event."""
    return [path for service in services() for path in service.handlers.get(event, ())]


def resolve(path: str) -> Any:
    """What a dotted path names."""
    module, _, name = path.rpartition(".")
    return getattr(import_module(module), name)
