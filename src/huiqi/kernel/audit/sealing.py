"""Sealing 封存: events in batches, each batch hashed together with the hash of the one before.

Writers never wait for the seal or for one another: sealing is a step of its own, run again and
again. It takes events up to a safe point only, the highest number below which nothing can appear
any more: on PostgreSQL a transaction may commit an event after one with a higher number has
become visible, and an event that appears inside a sealed range would look like a forged one.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import IntegrityError, connection, transaction

from huiqi.kernel.audit.models import Event, Seal
from huiqi.kernel.crypto import digest, digest_of

BATCH = 2_000
"""Events in one seal."""

START = "0" * 64
"""What the first seal is chained to."""

HASHED = (
    "id",
    "at",
    "actor_id",
    "actor_name",
    "actor_role",
    "on_behalf",
    "action",
    "subject_kind",
    "subject",
    "area",
    "before",
    "after",
    "basis",
    "origin",
    "request_number",
)
"""Columns of an event that are sealed. A column added later is not among them: it would change
the hash of what is sealed already."""

_MARK = 16
_PATIENCE = timedelta(seconds=5)
_PAUSE = 0.02


def seal(*, at: datetime, patience: timedelta = _PATIENCE) -> list[Seal]:
    """Seal what can be sealed now; returns the new seals, oldest first.

    Nothing when there is nothing new, when another run is sealing, or when a transaction that
    has been writing events for longer than ``patience`` has not ended yet: the next run takes it.
    """
    made: list[Seal] = []
    safe = safe_point(patience)
    if safe is None:
        return made
    try:
        while (one := _seal_one(safe, at)) is not None:
            made.append(one)
    except IntegrityError:  # another run made the same number first
        return made
    return made


@transaction.atomic
def _seal_one(safe: int, at: datetime) -> Seal | None:
    last = Seal.objects.order_by("-number").first()
    first = last.last_event + 1 if last else 1
    waiting = Event.objects.filter(pk__gte=first, pk__lte=safe).order_by("pk")
    events = list(waiting[:BATCH])
    if not events:
        return None
    full = len(events) == BATCH
    leaves = [leaf(event) for event in events]
    made = Seal(
        number=last.number + 1 if last else 1,
        first_event=first,
        last_event=events[-1].pk if full else safe,
        count=len(events),
        previous=last.hash if last else START,
        marks=marks(zip((event.pk for event in events), leaves, strict=True)),
        sealed_at=at,
    )
    made.hash = hash_of(made, leaves)
    made.save(force_insert=True)
    return made


def leaf(event: Event) -> bytes:
    """SM3 of one event as canonical JSON."""
    return digest(canonical({column: getattr(event, column) for column in HASHED}))


def hash_of(one: Seal, leaves: Iterable[bytes]) -> str:
    """The hash of a seal: its own columns, the hash before, its events."""
    head = {
        "number": one.number,
        "first_event": one.first_event,
        "last_event": one.last_event,
        "count": one.count,
        "previous": one.previous,
        "sealed_at": one.sealed_at,
    }

    def parts() -> Iterator[bytes]:
        yield canonical(head)
        yield from leaves

    return digest_of(parts()).hex()


def canonical(values: Any) -> bytes:
    """JSON that is the same for the same values: sorted keys, no spaces, times in UTC."""
    text = json.dumps(
        values, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_time
    )
    return text.encode()


def _time(value: Any) -> str:
    if not isinstance(value, datetime):
        raise TypeError(f"{value!r} has no canonical form")
    return value.astimezone(UTC).isoformat(timespec="microseconds")


def marks(leaves: Iterable[tuple[int, bytes]]) -> str:
    return "\n".join(f"{number} {hashed.hex()[:_MARK]}" for number, hashed in leaves)


# --- the safe point ----------------------------------------------------------------------------


def safe_point(patience: timedelta = _PATIENCE) -> int | None:
    """The number up to which no event can appear any more; None: not known within ``patience``."""
    if connection.vendor == "postgresql":
        return _safe_point_postgresql(patience)
    # SQLite has one writer at a time: numbers appear in their order.
    newest = Event.objects.order_by("-pk").values_list("pk", flat=True).first()
    return newest or 0


_GIVEN_OUT = """
    SELECT CASE WHEN is_called THEN last_value ELSE last_value - 1 END FROM {sequence}
"""
_WRITERS = """
    SELECT DISTINCT virtualtransaction FROM pg_locks
    WHERE locktype = 'relation' AND relation = %s::regclass AND mode = 'RowExclusiveLock'
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
      AND pid IS DISTINCT FROM pg_backend_pid()
"""


def _safe_point_postgresql(patience: timedelta) -> int | None:
    """All numbers given out so far, once those who may hold one of them have ended.

    An INSERT locks its table in row exclusive mode before it draws a number and until its
    transaction ends; so whoever may still bring one of the numbers given out is among the holders
    now. Those who come later draw higher numbers and are not waited for.
    """
    table = Event._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_serial_sequence(%s, 'id')", [table])
        sequence = cursor.fetchone()[0]
        cursor.execute(_GIVEN_OUT.format(sequence=sequence))
        given_out: int = cursor.fetchone()[0]
        waited_for = _writers(cursor, table)
        until = time.monotonic() + patience.total_seconds()
        while waited_for:
            if time.monotonic() >= until:
                return None
            time.sleep(_PAUSE)
            waited_for &= _writers(cursor, table)
    return given_out


def _writers(cursor: Any, table: str) -> set[str]:
    cursor.execute(_WRITERS, [table])
    return {row[0] for row in cursor.fetchall()}
