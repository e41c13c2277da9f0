"""Background work 后台任务 somebody waits for, the beats of workers, when schedules last ran."""

from __future__ import annotations

from time import monotonic

from django.conf import settings
from django.db import models
from django.utils import timezone

_STEP_SECONDS = 0.5
"""Progress is written no oftener than this: a page asks once a second."""


class Superseded(Exception):
    """This run was given up as dead and another has taken the work over: stop, change nothing."""


class Work(models.Model):
    """One piece of work in the background: what, for whom, how far, what came out.

    ``state`` is its only status. ``attempt`` counts the runs; a run that is not the newest can
    write nothing any more. ``result`` is plain data; what its ``link`` names, the page leads to.
    """

    class State(models.TextChoices):
        QUEUED = "queued", "等待中"
        RUNNING = "running", "进行中"
        DONE = "done", "已完成"
        FAILED = "failed", "没有完成"

    title = models.CharField("任务", max_length=200)
    task = models.CharField("程序", max_length=200)
    """Dotted path of a function of the work and ``params``; what it returns is the result."""

    params = models.JSONField("参数", default=dict)
    on = models.DateField("日期")
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    membership_id = models.BigIntegerField("身份", null=True)
    starter = models.CharField("发起人", max_length=100)
    created_at = models.DateTimeField("发起时间", default=timezone.now, db_index=True)
    due_at = models.DateTimeField("应做时间", default=timezone.now)
    enqueued_at = models.DateTimeField("排队时间", null=True)
    began_at = models.DateTimeField("开始时间", null=True)
    finished_at = models.DateTimeField("结束时间", null=True)
    state = models.CharField("状态", max_length=8, choices=State, default=State.QUEUED)
    attempt = models.PositiveIntegerField("第几次", default=0)
    done = models.PositiveBigIntegerField("已做", default=0)
    total = models.PositiveBigIntegerField("共", default=0)
    message = models.CharField("进展", max_length=300, blank=True)
    result = models.JSONField("结果", default=dict)
    error = models.CharField("原因", max_length=1000, blank=True)
    advice = models.CharField("怎么办", max_length=500, blank=True)

    class Meta:
        verbose_name = "后台任务"
        verbose_name_plural = "后台任务"
        indexes = [
            models.Index(fields=["started_by", "-created_at"], name="work_of_starter"),
            models.Index(fields=["state", "due_at"], name="work_due"),
        ]

    _stepped = 0.0

    def __str__(self) -> str:
        return self.title

    @property
    def is_over(self) -> bool:
        return self.state in (self.State.DONE, self.State.FAILED)

    @property
    def link(self) -> str:
        """Where the result is; empty while there is none."""
        found = self.result.get("link", "") if isinstance(self.result, dict) else ""
        return str(found)

    def step(self, done: int, total: int, message: str = "") -> None:
        """Say how far the work is; call as often as you like. Raises Superseded."""
        at = monotonic()
        if done < total and at - self._stepped < _STEP_SECONDS:
            return
        self._stepped = at
        self.done, self.total, self.message = done, total, message[:300]
        self.write(done=done, total=total, message=self.message)

    def write(self, **changes: object) -> None:
        """Change the row of this run. Raises Superseded when it is no longer the newest."""
        mine = Work.objects.filter(pk=self.pk, attempt=self.attempt, state=self.State.RUNNING)
        if not mine.update(**changes):
            raise Superseded(self.title)


class WorkerBeat(models.Model):
    """A worker process that lives: it says so every few seconds."""

    worker = models.CharField("进程", max_length=64, unique=True)
    started_at = models.DateTimeField("启动时间")
    beat_at = models.DateTimeField("最近一次")

    class Meta:
        verbose_name = "后台进程"
        verbose_name_plural = "后台进程"


class ScheduleRun(models.Model):
    """When work that is due again and again was last begun."""

    key = models.CharField("计划", max_length=80, unique=True)
    ran_at = models.DateTimeField("上次", null=True)

    class Meta:
        verbose_name = "计划任务"
        verbose_name_plural = "计划任务"
