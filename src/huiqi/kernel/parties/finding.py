"""Enterprises in the site's search: by name and by credit code."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.db.models import QuerySet

from huiqi.kernel.access import Actor
from huiqi.kernel.parties.models import Enterprise
from huiqi.kernel.parties.queries import enterprises
from huiqi.kernel.search.index import Item, matching
from huiqi.kernel.search.models import Indexed


def findable(on: date) -> Iterator[Item]:
    """All enterprises, not public: ``found`` says who finds which."""
    del on
    rows = Enterprise.objects.values_list("credit_code", "name").order_by("pk")
    for code, name in rows.iterator(chunk_size=2_000):
        yield Item(code, name, code, summary=code, public=False)


def found(actor: Actor, words: str) -> QuerySet[Indexed]:
    """Of the enterprises that fit the words those whose file the actor may open, by name."""
    mine = enterprises(actor).values("credit_code")
    return matching("enterprise", words).filter(key__in=mine).order_by("title", "pk")
