"""Audit events 操作记录, append-only: who did what to what, for whom, on what basis."""

from __future__ import annotations

from django.db import models


class Event(models.Model):
    """One change (or one look at somebody's file).

    Names are copied, so that a record says the same after an account is gone.
    """

    at = models.DateTimeField("时间", auto_now_add=True, db_index=True)
    actor_id = models.BigIntegerField("账号", null=True)
    actor_name = models.CharField("姓名", max_length=100)
    actor_role = models.CharField("角色", max_length=20, blank=True)
    on_behalf = models.CharField("代表", max_length=200, blank=True)
    action = models.CharField("事项", max_length=60)
    subject_kind = models.CharField("对象类别", max_length=40)
    subject = models.CharField("对象", max_length=80)
    area = models.CharField("地区", max_length=12, blank=True)
    """Where the subject belongs: who may read the record."""

    before = models.JSONField("之前", null=True)
    after = models.JSONField("之后", null=True)
    basis = models.CharField("依据", max_length=300, blank=True)
    origin = models.CharField("来源", max_length=100, blank=True)
    request_number = models.CharField("请求编号", max_length=40, blank=True)

    class Meta:
        verbose_name = "操作记录"
        verbose_name_plural = "操作记录"
        indexes = [models.Index(fields=["subject_kind", "subject", "at"], name="audit_subject")]


class Seal(models.Model):
    """A batch of events sealed together 封存, each chained to the one before; append-only.

    It covers all events whose numbers are from ``first_event`` to ``last_event``, both included,
    with no room between batches.
    """

    number = models.PositiveIntegerField("封存号", unique=True)
    first_event = models.BigIntegerField("起始编号")
    last_event = models.BigIntegerField("截止编号")
    count = models.PositiveIntegerField("条数")
    previous = models.CharField("前一封存的散列值", max_length=64)
    hash = models.CharField("散列值", max_length=64, unique=True)
    """SM3, in hexadecimal."""

    marks = models.TextField("各条标记")
    """One line an event: its number and the start of its hash, to name the one that differs."""

    sealed_at = models.DateTimeField("封存时间")

    class Meta:
        verbose_name = "封存"
        verbose_name_plural = "封存"

    def __str__(self) -> str:
        return f"{self.number} {self.hash[:12]}"
