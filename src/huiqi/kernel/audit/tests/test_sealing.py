"""The record can't be changed; where somebody forces it, the chain says which record it was."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from huiqi.kernel.access import Actor
from huiqi.kernel.audit.anchors import anchor
from huiqi.kernel.audit.append_only import protect, unprotect
from huiqi.kernel.audit.models import Event, Seal
from huiqi.kernel.audit.recording import record, record_look
from huiqi.kernel.audit.sealing import BATCH, canonical, safe_point, seal
from huiqi.kernel.audit.verifying import verify
from huiqi.kernel.crypto import digest

AT = datetime(2026, 6, 1, 8, 30, tzinfo=UTC)
SOMEBODY = Actor("office", "测试经办", user_id=7, role="clerk", on_behalf="测试单位")


def write(count: int, start: int = 0) -> list[Event]:
    return [
        record(
            "test.done", by=SOMEBODY, subject_kind="test", subject=str(start + n), after={"n": n}
        )
        for n in range(count)
    ]


def by_force(sql: str, *values) -> None:
    """As somebody with the database's own rights would: protection off, change, protection on."""
    with connection.cursor() as cursor:
        for statement in unprotect("audit_event", connection.vendor):
            cursor.execute(statement)
        cursor.execute(sql, values)
        for statement in protect("audit_event", connection.vendor):
            cursor.execute(statement)


def test_sm3_as_the_standard_has_it():
    """GB/T 32905-2016, A.1."""
    expected = "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    assert digest(b"abc").hex() == expected
    assert digest(b"a", b"bc").hex() == expected


def test_canonical_json_does_not_depend_on_order_or_time_zone():
    east = AT.astimezone(tz=datetime.fromisoformat("2026-01-01T00:00+08:00").tzinfo)
    assert canonical({"b": AT, "a": "中"}) == canonical({"a": "中", "b": east})
    with pytest.raises(TypeError):
        canonical({"a": object()})


@pytest.mark.django_db
@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE {table} SET {column} = {column}",
        "DELETE FROM {table}",
    ],
)
@pytest.mark.parametrize(
    ("table", "column"), [("audit_event", "basis"), ("audit_seal", "previous")]
)
def test_the_database_refuses_to_change_or_delete(sql, table, column):
    write(2)
    seal(at=AT)
    statement = sql.format(table=table, column=column)
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert Event.objects.count() == 2
    assert Seal.objects.count() == 1


@pytest.mark.django_db
def test_seals_are_chained_and_cover_everything_once():
    write(3)
    (first,) = seal(at=AT)
    assert seal(at=AT) == []
    write(2)
    (second,) = seal(at=AT + timedelta(minutes=1))
    assert second.previous == first.hash
    assert second.first_event == first.last_event + 1
    assert (first.count, second.count) == (3, 2)
    report = verify()
    assert (report.seals, report.events, report.unsealed, report.problems) == (2, 5, 0, [])


@pytest.mark.django_db
def test_what_is_not_sealed_yet_is_counted():
    write(1)
    seal(at=AT)
    write(2)
    assert verify().unsealed == 2


@pytest.mark.django_db
def test_more_than_one_batch():
    Event.objects.bulk_create(
        Event(actor_name="测试", action="test", subject_kind="test", subject=str(n))
        for n in range(BATCH + 1)
    )
    made = seal(at=AT)
    assert [one.count for one in made] == [BATCH, 1]
    assert verify().problems == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("sql", "word"),
    [
        ("UPDATE audit_event SET actor_name = '别人' WHERE id = %s", "被改动"),
        ("DELETE FROM audit_event WHERE id = %s", "被删除"),
    ],
)
def test_a_forced_change_is_found_and_named(sql, word):
    events = write(4)
    seal(at=AT)
    by_force(sql, events[2].pk)
    (problem,) = verify().problems
    assert "第 1 号封存" in problem
    assert f"第 {events[2].pk} 条记录{word}" in problem


@pytest.mark.django_db
def test_an_event_slipped_in_afterwards_is_found():
    events = write(3)
    gap = events[1].pk
    by_force("DELETE FROM audit_event WHERE id = %s", gap)
    seal(at=AT)
    Event.objects.create(pk=gap, actor_name="伪造", action="x", subject_kind="x", subject="x")
    (problem,) = verify().problems
    assert f"第 {gap} 条记录是封存以后插入的" in problem


@pytest.mark.django_db
def test_a_chain_computed_anew_differs_from_its_anchor(tmp_path):
    kept = tmp_path / "kept" / "anchors.txt"
    events = write(2)
    seal(at=AT)
    assert anchor(kept) == 1
    assert anchor(kept) == 0
    assert verify(kept).problems == []
    assert verify(kept).anchored == 1

    by_force("UPDATE audit_event SET basis = 'x' WHERE id = %s", events[0].pk)
    with connection.cursor() as cursor:
        for statement in unprotect("audit_seal", connection.vendor):
            cursor.execute(statement)
        cursor.execute("DELETE FROM audit_seal")
        for statement in protect("audit_seal", connection.vendor):
            cursor.execute(statement)
    seal(at=AT)
    assert verify().problems == []
    assert verify(kept).problems == ["第 1 号封存与存证文件不一致"]


@pytest.mark.django_db
def test_a_seal_missing_from_the_database_is_named(tmp_path):
    kept = tmp_path / "anchors.txt"
    kept.write_text(f"2026-06-01T08:30:00+08:00 4 {'a' * 64}\n")
    assert verify(kept).problems == ["存证文件里有第 4 号封存，数据库里没有"]
    kept.write_text("not a line of an anchor file\n")
    with pytest.raises(ValueError, match=":1:"):
        verify(kept)


@pytest.mark.django_db
def test_a_look_is_recorded_once_a_person_file_and_hour():
    at = datetime.now(UTC)

    def look(by: Actor, subject: str) -> Event | None:
        return record_look(by=by, subject_kind="enterprise", subject=subject, at=at)

    other = Actor("office", "另一人", user_id=8, role="clerk")
    assert look(SOMEBODY, "a") is not None
    assert look(SOMEBODY, "a") is None
    assert look(SOMEBODY, "b") is not None
    assert look(other, "a") is not None
    assert Event.objects.filter(action="enterprise.looked").count() == 3


# --- writers at the same time -------------------------------------------------------------------


def only_where_writers_run_together() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer at a time: numbers appear in their order")


def in_thread(work) -> threading.Thread:
    def run():
        try:
            work()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


@pytest.mark.django_db(transaction=True)
def test_a_late_commit_with_a_lower_number_is_neither_missed_nor_sealed_twice():
    """The case that a plain "up to the newest number" gets wrong on PostgreSQL."""
    only_where_writers_run_together()
    written, may_commit = threading.Event(), threading.Event()
    early: list[int] = []

    def slow():
        with transaction.atomic():
            early.extend(event.pk for event in write(1, 100))
            written.set()
            assert may_commit.wait(20)

    thread = in_thread(slow)
    assert written.wait(20)
    late = write(1)[0].pk
    assert early[0] < late

    assert safe_point(timedelta(0)) is None
    assert seal(at=AT, patience=timedelta(0)) == []

    may_commit.set()
    thread.join(20)
    (one,) = seal(at=AT)
    assert one.count == 2
    assert verify().problems == []


@pytest.mark.django_db(transaction=True)
def test_many_writers_and_two_sealers_lose_nothing():
    only_where_writers_run_together()
    writers, each = 4, 25
    over = threading.Event()
    faults: list[Exception] = []

    def writing(number: int):
        for n in range(each):
            try:
                with transaction.atomic():
                    write(1, number * each + n)
                    if n % 7 == 0:  # a number that is drawn and never appears
                        transaction.set_rollback(True)
            except Exception as error:  # noqa: BLE001 - shown at the end of the test
                faults.append(error)

    def sealing():
        while not over.is_set():
            seal(at=AT, patience=timedelta(seconds=1))

    sealers = [in_thread(sealing) for _ in range(2)]
    threads = [in_thread(lambda number=number: writing(number)) for number in range(writers)]
    for thread in threads:
        thread.join(60)
    over.set()
    for thread in sealers:
        thread.join(60)
    seal(at=AT)

    assert faults == []
    report = verify()
    assert report.problems == []
    assert report.unsealed == 0
    assert report.events == Event.objects.count() == writers * (each - len(range(0, each, 7)))
    assert sum(Seal.objects.values_list("count", flat=True)) == report.events
