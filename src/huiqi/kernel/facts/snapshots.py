"""Snapshots 数据快照: the facts of all open enterprises on a day, as columns, frozen and hashed.

Batch runs read these and nothing else, so that a run can be repeated on the same data years later.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

import polars as pl
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from huiqi.kernel import events
from huiqi.kernel.access import Actor
from huiqi.kernel.audit.recording import record
from huiqi.kernel.definitions.rulebook import rulebook
from huiqi.kernel.errors import Unavailable
from huiqi.kernel.facts.models import DECLARED, Snapshot
from huiqi.kernel.facts.queries import REGISTERED
from huiqi.kernel.facts.values import stored_codes
from huiqi.kernel.parties.models import Enterprise
from huiqi.rules.vocabulary import FactDefinition

IDENTITY = ("enterprise_id", "credit_code", "name")
_ROWS_AT_A_TIME = 100_000

_CHOSEN = """
SELECT fact, enterprise_id, number, text FROM (
    SELECT o.fact, o.enterprise_id, o.number, o.text, ROW_NUMBER() OVER (
        PARTITION BY o.enterprise_id, o.fact
        ORDER BY o.period DESC, CASE WHEN o.source = %s THEN 0 ELSE 1 END DESC, o.id DESC
    ) AS place
    FROM facts_observation o
    WHERE o.superseded_at IS NULL AND o.observed_on <= %s AND (o.number IS NOT NULL OR o.text <> '')
) AS words WHERE place = 1
"""
"""The same choice as ``choosing.precedence``; a test holds them together."""


def folder() -> Path:
    path: Path = settings.HUIQI_DATA / "snapshots"
    path.mkdir(exist_ok=True)
    return path


@transaction.atomic
def freeze(*, by: Actor, on: date) -> Snapshot:
    """Freeze the facts of a day; the file is whole before the row that names it is there."""
    frame = _frame(on)
    name = f"{on:%Y%m%d}-{secrets.token_hex(4)}.parquet"
    path = folder() / name
    frame.write_parquet(path, compression="zstd")
    snapshot = Snapshot.objects.create(
        taken_at=timezone.now(),
        on=on,
        taken_by=by.name,
        file=name,
        sha256=_sha256(path),
        enterprises=frame.height,
        facts=frame.width - len(IDENTITY) - 1,
    )
    record(
        "snapshot.frozen",
        by=by,
        subject_kind="snapshot",
        subject=str(snapshot.pk),
        after={"sha256": snapshot.sha256, "enterprises": snapshot.enterprises},
    )
    events.publish("snapshot.frozen", snapshot_id=snapshot.pk)
    return snapshot


def frame(snapshot: Snapshot) -> pl.DataFrame:
    """Its columns: row, enterprise_id, credit_code, name, and one of stored integers a fact.

    Raises Unavailable when the file is gone or is not the one that was frozen.
    """
    path = folder() / snapshot.file
    if not path.is_file() or _sha256(path) != snapshot.sha256:
        raise Unavailable("这个数据快照的文件缺失或被改动。", "请重新冻结一份，并告诉管理员。")
    return pl.read_parquet(path)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _frame(on: date) -> pl.DataFrame:
    identity = _enterprises()
    columns = {fact.key: column for fact, column in _facts(on, identity["enterprise_id"])}
    registered = [key for key in REGISTERED if key in identity.columns]
    for key in registered:
        known = identity[key]
        columns[key] = (
            pl.select(pl.coalesce(known, columns[key])).to_series() if key in columns else known
        )
    data = identity.select(IDENTITY).with_columns(
        columns[key].alias(key) for key in sorted(columns)
    )
    return data.with_row_index("row", offset=1).with_columns(pl.col("row").cast(pl.Int64))


def _enterprises() -> pl.DataFrame:
    """Open enterprises with what the register keeps itself, in stored form."""
    fields = {"id": pl.Int64, "credit_code": pl.String, "name": pl.String}
    fields |= {
        key: pl.Date if key == "established_on" else pl.String for key in REGISTERED.values()
    }
    rows = (
        Enterprise.objects.filter(status=Enterprise.Status.OPEN)
        .order_by("pk")
        .values_list(*fields)
        .iterator(chunk_size=_ROWS_AT_A_TIME)
    )
    table = _gather(rows, fields).rename({"id": "enterprise_id"})
    vocabulary = rulebook().vocabulary
    for key in REGISTERED:
        fact = vocabulary.facts.get(key)
        if fact is None:
            continue
        if fact.type == "date":
            table = table.with_columns(pl.col(key).cast(pl.Int32).cast(pl.Int64))
        else:
            table = table.with_columns(_codes(table[key], fact).alias(key))
    return table


def _facts(on: date, enterprises: pl.Series) -> Iterator[tuple[FactDefinition, pl.Series]]:
    """One column of stored integers a fact, in the order of the enterprises."""
    with connection.cursor() as cursor:
        cursor.execute(_CHOSEN, [DECLARED, on])
        fields = {
            "fact": pl.String,
            "enterprise_id": pl.Int64,
            "number": pl.Int64,
            "text": pl.String,
        }
        words = _gather(iter(lambda: cursor.fetchmany(_ROWS_AT_A_TIME), []), fields, batches=True)
    order = enterprises.to_frame("enterprise_id")
    vocabulary = rulebook().vocabulary
    for (key,), part in words.partition_by("fact", as_dict=True).items():
        fact = vocabulary.facts.get(str(key))
        if fact is None or fact.type == "text" or fact.model.derived:
            continue
        joined = order.join(part, on="enterprise_id", how="left", maintain_order="left")
        yield fact, _stored(joined, fact)


def _stored(part: pl.DataFrame, fact: FactDefinition) -> pl.Series:
    if fact.type == "code":
        return _codes(part["text"], fact)
    if fact.type == "set":
        bits = {name: 1 << place for place, name in enumerate(fact.values)}
        known = {
            text: sum(bits.get(name, 0) for name in text.split("\n"))
            for text in part["text"].unique().drop_nulls()
        }
        return part["text"].replace_strict(known, default=None, return_dtype=pl.Int64)
    return part["number"]


def _codes(texts: pl.Series, fact: FactDefinition) -> pl.Series:
    return texts.replace_strict(stored_codes(fact), default=None, return_dtype=pl.Int64)


def _gather(rows: Iterable[Any], fields: dict[str, Any], *, batches: bool = False) -> pl.DataFrame:
    """Rows of a cursor as columns, some at a time: never all of them as Python objects."""
    parts = rows if batches else _batches(iter(rows))
    frames = [pl.DataFrame(part, schema=fields, orient="row") for part in parts]
    return pl.concat(frames) if frames else pl.DataFrame(schema=fields)


def _batches(rows: Iterator[Any]) -> Iterator[list[Any]]:
    while batch := list(islice(rows, _ROWS_AT_A_TIME)):
        yield batch
