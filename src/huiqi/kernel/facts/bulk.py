"""Observations by the hundred thousand: straight into the table, no object a row."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from itertools import islice
from typing import NamedTuple

from django.db import connection

from huiqi.kernel.facts.models import Observation

_AT_A_TIME = 20_000


class Row(NamedTuple):
    """An observation that replaces no other; columns as in ``Observation``."""

    enterprise_id: int
    fact: str
    period: str
    source: str
    number: int | None
    text: str
    observed_on: date
    recorded_at: datetime
    basis: str


def insert(rows: Iterable[Row]) -> None:
    """Add observations inside the caller's transaction.

    Raises IntegrityError where one of them says what another still says (same enterprise, fact,
    period and source).
    """
    table = connection.ops.quote_name(Observation._meta.db_table)
    names = ", ".join((*Row._fields, "on_behalf", "evidence"))
    places = ", ".join(["%s"] * len(Row._fields))
    statement = f"INSERT INTO {table} ({names}) VALUES ({places}, '', '[]')"  # noqa: S608 - own names
    adapt = connection.ops
    waiting = iter(rows)
    with connection.cursor() as cursor:
        while batch := list(islice(waiting, _AT_A_TIME)):
            cursor.executemany(
                statement,
                [
                    (
                        *row[:6],
                        adapt.adapt_datefield_value(row.observed_on),
                        adapt.adapt_datetimefield_value(row.recorded_at),
                        row.basis,
                    )
                    for row in batch
                ],
            )
