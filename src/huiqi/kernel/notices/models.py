"""Notices 通知: what a person was told, and the outbox of how it leaves the house."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from huiqi.kernel.parties.models import Enterprise


class Notice(models.Model):
    """One message to one person, read on the site; ``due_on``: the day it appears (reminders).

    ``key`` names what it is about: a person is never told the same thing twice.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notices")
    enterprise = models.ForeignKey(Enterprise, models.CASCADE, null=True, related_name="+")
    kind = models.CharField("类别", max_length=30)
    title = models.CharField("标题", max_length=200)
    text = models.TextField("内容")
    link = models.CharField("链接", max_length=300, blank=True)
    """Address on this site, beginning with a slash."""

    reason = models.CharField("为什么收到", max_length=300, blank=True)
    key = models.CharField("事由", max_length=150, blank=True)
    due_on = models.DateField("送达日期")
    created_at = models.DateTimeField("生成时间", auto_now_add=True)
    read_at = models.DateTimeField("阅读时间", null=True)

    class Meta:
        verbose_name = "通知"
        verbose_name_plural = "通知"
        indexes = [
            models.Index(fields=["user", "due_on"], name="notice_of_user"),
            models.Index(fields=["user"], condition=Q(read_at=None), name="notice_unread"),
            models.Index(fields=["kind", "key"], name="notice_about"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "kind", "key"], condition=~Q(key=""), name="notice_once"
            )
        ]

    def __str__(self) -> str:
        return self.title


class Delivery(models.Model):
    """A notice on its way through a channel that may fail: the outbox."""

    class Channel(models.TextChoices):
        EMAIL = "email", "电子邮件"
        SMS = "sms", "短信"

    class State(models.TextChoices):
        WAITING = "waiting", "待发送"
        SENDING = "sending", "发送中"
        SENT = "sent", "已发送"
        FAILED = "failed", "发送失败"

    notice = models.ForeignKey(Notice, models.CASCADE, related_name="deliveries")
    channel = models.CharField("渠道", max_length=10, choices=Channel)
    digest = models.BooleanField("汇总发送", default=False)
    due_on = models.DateField("发送日期")
    state = models.CharField("状态", max_length=10, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField("已试次数", default=0)
    tried_at = models.DateTimeField("上次尝试", null=True)
    retry_at = models.DateTimeField("下次尝试", null=True)
    error = models.CharField("原因", max_length=300, blank=True)

    class Meta:
        verbose_name = "发送"
        verbose_name_plural = "发送"
        indexes = [
            models.Index(
                fields=["due_on", "id"],
                condition=Q(state__in=("waiting", "sending")),
                name="delivery_open",
            )
        ]
        constraints = [
            models.UniqueConstraint(fields=["notice", "channel"], name="delivery_once_a_channel")
        ]


class Preference(models.Model):
    """What a person wants of one kind of notice; without a row, what the kind says."""

    class Frequency(models.TextChoices):
        NOW = "now", "立即"
        DAILY = "daily", "每天汇总一次"
        WEEKLY = "weekly", "每周汇总一次"
        NEVER = "never", "不再接收"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    kind = models.CharField("类别", max_length=30)
    frequency = models.CharField("频率", max_length=10, choices=Frequency)
    channels = models.JSONField("渠道", default=list)

    class Meta:
        verbose_name = "通知设置"
        verbose_name_plural = "通知设置"
        constraints = [models.UniqueConstraint(fields=["user", "kind"], name="preference_once")]
