"""Filling the index and asking it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from itertools import islice
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from huiqi.kernel.search.models import Indexed
from huiqi.kernel.search.tokens import Phrase, phrases, tokens

_AT_A_TIME = 2_000


@dataclass(frozen=True)
class Item:
    """What is to be found: ``title`` and ``text`` are searched, ``summary`` is shown."""

    key: str
    title: str
    text: str = ""
    summary: str = ""
    public: bool = True


# --- filling -----------------------------------------------------------------------------------


def index(kind: str, key: str, title: str, text: str = "", *, public: bool = True) -> None:
    """Make one thing findable, or findable by its new words."""
    _write(kind, [Item(key, title, text, public=public)])


def remove(kind: str, key: str) -> None:
    Indexed.objects.filter(kind=kind, key=key).delete()


def rebuild(kind: str, items: Iterable[Item]) -> int:
    """Bring all of a kind up to date; returns how many changed. What is not given is removed.

    Unchanged things cost a look, not a write: a hundred thousand are gone through in seconds.
    """
    present = dict(Indexed.objects.filter(kind=kind).values_list("key", "digest"))
    changed, stream = 0, iter(items)
    while batch := list(islice(stream, _AT_A_TIME)):
        new = [item for item in batch if present.pop(item.key, None) != _digest(item)]
        _write(kind, new)
        changed += len(new)
    for keys in _batches(list(present)):
        Indexed.objects.filter(kind=kind, key__in=keys).delete()
    return changed + len(present)


def _batches(values: list[str]) -> Iterator[list[str]]:
    for at in range(0, len(values), _AT_A_TIME):
        yield values[at : at + _AT_A_TIME]


def _digest(item: Item) -> str:
    return sha256(repr(item).encode()).hexdigest()


def _write(kind: str, items: list[Item]) -> None:
    rows = [
        Indexed(
            kind=kind,
            key=item.key,
            title=item.title[:300],
            summary=item.summary[:300],
            tokens=" ".join([*tokens(item.title), *tokens(item.text)]),
            public=item.public,
            digest=_digest(item),
        )
        for item in items
    ]
    with transaction.atomic():
        Indexed.objects.bulk_create(
            rows,
            batch_size=_AT_A_TIME,
            update_conflicts=True,
            unique_fields=["kind", "key"],
            update_fields=["title", "summary", "tokens", "public", "digest"],
        )


# --- asking ------------------------------------------------------------------------------------


def matching(kind: str, query: str) -> QuerySet[Indexed]:
    """Things of a kind that hold every part of what was typed; nothing typed finds nothing.

    The index knows no rights. Where not everybody may see everything it is a subquery:
    ``firms.filter(credit_code__in=matching("enterprise", words).values("key"))``.
    """
    wanted = phrases(query)
    if not wanted:
        return Indexed.objects.none()
    asked = _QUERIES[connection.vendor](wanted)
    found = RawSQL(_MATCHES[connection.vendor], [asked])  # noqa: S611 - constant text, bound value
    return Indexed.objects.filter(kind=kind, pk__in=found)


def find(kind: str, query: str, limit: int) -> list[str]:
    """Keys of what is public and fits, those with the words in their titles first."""
    return [one.key for one in found(kind, query)[:limit]]


def found(kind: str, query: str) -> list[Indexed]:
    """What is public and fits, those with the words in their titles first; at most 200."""
    rows = matching(kind, query).filter(public=True).order_by("title", "pk").defer("tokens")[:_MOST]
    parts = phrases(query)
    return sorted(rows, key=lambda one: not all(_in_title(part, one.title) for part in parts))


_MOST = 200


def _in_title(phrase: Phrase, title: str) -> bool:
    have = tokens(title)
    wanted = phrase.tokens
    return any(
        have[at : at + len(wanted) - 1] == list(wanted[:-1])
        and have[at + len(wanted) - 1].startswith(wanted[-1])
        for at in range(len(have) - len(wanted) + 1)
    )


# --- the two databases -------------------------------------------------------------------------


def _fts5(wanted: list[Phrase]) -> str:
    return " AND ".join(f'"{" ".join(one.tokens)}"{"*" * one.is_open}' for one in wanted)


def _tsquery(wanted: list[Phrase]) -> str:
    return " & ".join(f"({' <-> '.join(one.tokens)}{':*' * one.is_open})" for one in wanted)


_QUERIES: dict[str, Any] = {"sqlite": _fts5, "postgresql": _tsquery}
_MATCHES = {
    "sqlite": "SELECT rowid FROM search_fts WHERE search_fts MATCH %s",
    "postgresql": "SELECT id FROM search_indexed WHERE vector @@ to_tsquery('simple', %s)",
}
