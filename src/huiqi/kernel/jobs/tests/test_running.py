"""Work is done once, tried again where that may help, and its end is written down."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from huiqi.kernel.access import system
from huiqi.kernel.errors import Conflict, NotAllowed
from huiqi.kernel.jobs import actions, running
from huiqi.kernel.jobs.models import Superseded, Work, WorkerBeat
from huiqi.kernel.jobs.reaping import SILENCE, reap
from huiqi.kernel.jobs.running import actor_of_work, start
from huiqi.kernel.notices.models import Notice
from huiqi.kernel.parties.actors import actor_for
from huiqi.kernel.parties.models import Membership
from huiqi.kernel.parties.queries import memberships

pytestmark = pytest.mark.django_db
SAMPLES = "huiqi.kernel.jobs.tests.sample_work"
TODAY = timezone.localdate()


@pytest.fixture
def clerk(person, office):
    user = person("clerk", office=office("工信"))
    return actor_for(user, list(memberships(user.pk, TODAY)), None)


@pytest.fixture
def begin(clerk, django_capture_on_commit_callbacks):
    def make(name: str, **params) -> Work:
        with django_capture_on_commit_callbacks(execute=True):
            work = start("测试", f"{SAMPLES}.{name}", params, by=clerk, on=TODAY)
        work.refresh_from_db()
        return work

    return make


@pytest.fixture
def queued(settings):
    """Tasks stay in the queue, as they do without a worker."""
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": []}}


def test_work_is_done_and_knows_its_starter(begin, clerk):
    work = begin("add", numbers=[1, 2, 3])
    assert (work.state, work.result["sum"], work.done, work.total) == ("done", 6, 3, 3)
    assert work.result["by"] == clerk.name
    assert work.link == "/"
    assert Notice.objects.count() == 0  # nobody was kept waiting


def test_a_wrong_path_is_seen_at_once(clerk):
    with pytest.raises(AttributeError):
        start("测试", f"{SAMPLES}.nothing", {}, by=clerk, on=TODAY)


def test_a_refusal_is_final_and_in_words(begin, clerk):
    work = begin("refuse")
    assert (work.state, work.attempt) == ("failed", 1)
    assert work.error == "数据快照里没有企业。"
    assert work.advice == "请先导入企业。"
    assert Notice.objects.get().user_id == clerk.user_id


def test_a_fault_is_tried_again_later_and_then_given_up(begin):
    work = begin("break_down")
    for attempt in range(1, running.TRIES):
        assert (work.state, work.attempt) == ("queued", attempt)
        assert work.due_at > timezone.now()
        reap(timezone.now())  # not yet
        work.refresh_from_db()
        assert work.attempt == attempt
        reap(work.due_at + timedelta(minutes=1))
        work.refresh_from_db()
    assert work.state == "failed"
    assert "系统出了错" in work.error
    assert "cable" not in work.error + work.advice


def test_work_is_claimed_once(begin, queued):
    work = begin("add", numbers=[1])
    running.enqueue(work.pk)
    assert DBTaskResult.objects.count() == 2
    running.run.func(work_id=work.pk)
    running.run.func(work_id=work.pk)
    work.refresh_from_db()
    assert (work.state, work.attempt) == ("done", 1)


def test_a_run_given_up_as_dead_writes_nothing(begin, queued):
    work = begin("add", numbers=[1])
    Work.objects.filter(pk=work.pk).update(state="running", attempt=2)
    old = Work.objects.get(pk=work.pk)
    old.attempt = 1
    with pytest.raises(Superseded):
        old.step(1, 1, "too late")


def test_rights_taken_away_meanwhile_are_gone(begin, queued):
    work = begin("add", numbers=[1])
    Membership.objects.update(ends_on=TODAY - timedelta(days=1))
    with pytest.raises(NotAllowed):
        actor_of_work(work)


def _running_task(worker: str, deaths: int = 1) -> DBTaskResult:
    task = DBTaskResult.objects.get()
    task.status, task.started_at = TaskResultStatus.RUNNING, timezone.now()
    task.worker_ids = [worker] * deaths
    task.save()
    Work.objects.update(state="running", attempt=deaths)
    return task


@pytest.mark.parametrize(
    ("silent", "deaths", "task_is", "work_is"),
    [
        (timedelta(0), 1, "RUNNING", "running"),
        (SILENCE * 2, 1, "READY", "queued"),
        (SILENCE * 2, 3, "FAILED", "failed"),
    ],
)
def test_work_of_a_dead_worker_goes_back(begin, queued, silent, deaths, task_is, work_is):
    begin("add", numbers=[1])
    at = timezone.now()
    WorkerBeat.objects.create(worker="w", started_at=at - silent, beat_at=at - silent)
    task = _running_task("w", deaths)
    reap(at)
    task.refresh_from_db()
    assert task.status == task_is
    assert Work.objects.get().state == work_is


def test_a_failed_event_is_delivered_again_later(queued):
    from huiqi.kernel.events import deliver

    deliver.enqueue(handler="nobody.home", payload={})
    at = timezone.now()
    task = DBTaskResult.objects.get()
    task.worker_ids = ["w"]
    task.save()
    task.set_failed(ImportError("nobody"))
    reap(at)
    task.refresh_from_db()
    assert task.status == TaskResultStatus.FAILED
    reap(at + timedelta(minutes=1))
    task.refresh_from_db()
    assert task.status == TaskResultStatus.READY


def test_work_lost_before_the_queue_is_found(clerk, queued):
    work = start("测试", f"{SAMPLES}.add", {"numbers": [1]}, by=clerk, on=TODAY)
    assert DBTaskResult.objects.count() == 0
    reap(work.due_at + timedelta(minutes=1))
    reap(work.due_at + timedelta(minutes=2))
    assert DBTaskResult.objects.count() == 1


def test_only_administrators_retry_and_only_what_failed(
    begin, clerk, person, django_capture_on_commit_callbacks
):
    admin_user = person("administrator")
    admin = actor_for(admin_user, list(memberships(admin_user.pk, TODAY)), None)
    work = begin("refuse")
    with pytest.raises(NotAllowed):
        actions.retry(work, by=clerk, at=timezone.now())
    with django_capture_on_commit_callbacks(execute=True):
        actions.retry(work, by=admin, at=timezone.now())
    work.refresh_from_db()
    assert (work.state, work.attempt) == ("failed", 2)
    done = begin("add", numbers=[])
    with pytest.raises(Conflict):
        actions.retry(done, by=admin, at=timezone.now())


def test_the_platform_itself_starts_work():
    work = start("夜间", f"{SAMPLES}.add", {"numbers": []}, by=system("夜间"), on=TODAY)
    assert actor_of_work(work).kind == "system"
