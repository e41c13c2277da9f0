"""What is due is run once, whoever ticks, however many at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from django.db import connection
from django_tasks_db.models import DBTaskResult

from huiqi.kernel.jobs import schedules
from huiqi.kernel.registry import Schedule

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
RAN: list[datetime] = []


def note(on: datetime) -> None:
    RAN.append(on)


def fail(on: datetime) -> None:
    raise RuntimeError("no paper")


@pytest.fixture
def plan(monkeypatch):
    RAN.clear()

    def make(*functions: str, every: timedelta = MINUTE) -> None:
        found = {
            name: Schedule(name, f"计划 {name}", f"{__name__}.{name}", every) for name in functions
        }
        monkeypatch.setattr(schedules, "schedules", lambda: found)
        monkeypatch.setattr(schedules, "resolve", lambda path: globals()[path.split(".")[-1]])

    return make


@pytest.mark.django_db
def test_what_is_due_runs_once(plan):
    plan("note", every=5 * MINUTE)
    for minutes in (0, 0, 4, 5, 6, 9, 10):
        list(schedules.run_due(NOON + minutes * MINUTE))
    assert RAN == [NOON, NOON + 5 * MINUTE, NOON + 10 * MINUTE]


@pytest.mark.django_db
def test_a_trial_of_a_day_to_come_does_not_stop_the_clock(plan):
    plan("note")
    list(schedules.run_due(NOON + timedelta(days=300)))
    list(schedules.run_due(NOON))
    assert RAN[-1] == NOON


@pytest.mark.django_db
def test_a_fault_of_one_stops_no_other(plan):
    plan("fail", "note")
    (first, error), (second, fine) = schedules.run_due(NOON)
    assert isinstance(error, RuntimeError)
    assert (first.key, second.key, fine) == ("fail", "note", None)


@pytest.mark.django_db
def test_workers_only_queue_it(plan, settings):
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": []}}
    plan("note")
    assert schedules.enqueue_due(NOON) == ["note"]
    assert schedules.enqueue_due(NOON) == []
    assert RAN == []
    task = DBTaskResult.objects.get()
    schedules.run_schedule.func(**task.args_kwargs["kwargs"])
    assert RAN == [NOON]


def test_the_manifests_schedules_exist():
    from huiqi.kernel.registry import resolve

    for schedule in schedules.schedules().values():
        assert callable(resolve(schedule.task))


@pytest.mark.django_db(transaction=True)
def test_two_ticks_at_the_same_moment_run_it_once(plan):
    if connection.vendor == "sqlite" and connection.is_in_memory_db():
        pytest.skip("threads can't share an in-memory database; runs on PostgreSQL")
    plan("note")
    many = 6
    together = Barrier(many)

    def tick(at: datetime) -> None:
        try:
            together.wait()
            list(schedules.run_due(at))
        finally:
            connection.close()

    for minute in range(5):
        RAN.clear()
        at = NOON + minute * MINUTE
        with ThreadPoolExecutor(many) as pool:
            list(pool.map(tick, [at] * many))
        assert [at] == RAN
