"""What one finds: of every kind only what one may see."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from huiqi.kernel.access import Actor
from huiqi.kernel.registry import SearchKind, resolve, services
from huiqi.kernel.search.index import found
from huiqi.kernel.search.tokens import phrases

_SHOWN = 20


@dataclass(frozen=True)
class Hit:
    title: str
    summary: str
    address: str


@dataclass(frozen=True)
class Group:
    """What was found of one kind. ``has_more``: there is more than is shown."""

    title: str
    hits: list[Hit]
    has_more: bool


def search(actor: Actor, query: str) -> list[Group]:
    """Groups in the order of the services, empty ones left out."""
    if not phrases(query):
        return []
    kinds = [kind for service in services() for kind in service.search]
    groups = (_group(kind, actor, query) for kind in kinds)
    return [group for group in groups if group.hits]


def _group(kind: SearchKind, actor: Actor, query: str) -> Group:
    rows: Iterable[Any] = (
        resolve(kind.visible)(actor, query)[: _SHOWN + 1]
        if kind.visible
        else found(kind.key, query)[: _SHOWN + 1]
    )
    hits = [Hit(one.title, one.summary, reverse(kind.route, args=[one.key])) for one in rows]
    return Group(kind.title, hits[:_SHOWN], len(hits) > _SHOWN)
