"""Standings 享受情况: how every enterprise stands under every policy, since when, and what it took.

A standing is never changed: a new one takes its place, and says when. Firms that are neither
eligible nor near nor were have none: most pairs of firm and policy never get a row.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from huiqi.kernel.parties.models import Enterprise


class Status(models.TextChoices):
    ELIGIBLE = "eligible", "符合"
    UNDETERMINED = "undetermined", "待定"
    ONE_STEP = "one_step", "差一步"
    INELIGIBLE = "ineligible", "不符合"


class Standing(models.Model):
    """The answer of one policy for one enterprise from ``recorded_at`` to ``superseded_at``.

    ``amount``: fen, where known. ``rule_hash``: the version of the policy that answered.
    ``facts_hash``: of the facts it answered on (single evaluations). ``step``: the one step in
    words; ``effort``: which share has to change.
    """

    enterprise = models.ForeignKey(Enterprise, models.CASCADE, related_name="standings")
    policy = models.CharField("政策", max_length=80)
    status = models.CharField("结果", max_length=12, choices=Status)
    amount = models.BigIntegerField("金额（分）", null=True)
    step = models.CharField("差一步", max_length=200, blank=True)
    effort = models.FloatField("差多少", null=True)
    on = models.DateField("认定日期")
    rule_hash = models.CharField("规则版本", max_length=64)
    facts_hash = models.CharField("事实散列", max_length=64, blank=True)
    recorded_at = models.DateTimeField("记录时间")
    superseded_at = models.DateTimeField("被取代时间", null=True)

    class Meta:
        verbose_name = "认定结果"
        verbose_name_plural = "认定结果"
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise", "policy"],
                condition=Q(superseded_at=None),
                name="standing_one_now",
            )
        ]
        indexes = [
            models.Index(fields=["enterprise", "-recorded_at"], name="standing_history"),
            models.Index(
                fields=["policy", "status"], condition=Q(superseded_at=None), name="standing_now"
            ),
        ]


class TakeUp(models.Model):
    """What a firm says it did about a policy 办理标记, until a case says so itself."""

    class State(models.TextChoices):
        APPLIED = "applied", "已申请"
        RECEIVED = "received", "已享受"
        NOT_NEEDED = "not_needed", "不需要"

    enterprise = models.ForeignKey(Enterprise, models.CASCADE, related_name="take_ups")
    policy = models.CharField("政策", max_length=80)
    state = models.CharField("标记", max_length=12, choices=State)
    marked_on = models.DateField("标记日期")
    marked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        verbose_name = "办理标记"
        verbose_name_plural = "办理标记"
        constraints = [
            models.UniqueConstraint(fields=["enterprise", "policy"], name="take_up_once")
        ]
        indexes = [models.Index(fields=["policy", "state"], name="take_up_of_policy")]


TAKEN = (TakeUp.State.APPLIED, TakeUp.State.RECEIVED)


class Push(models.Model):
    """A firm told of a policy 推送: once for each version of the policy and each status."""

    enterprise = models.ForeignKey(Enterprise, models.CASCADE, related_name="+")
    policy = models.CharField("政策", max_length=80)
    rule_hash = models.CharField("规则版本", max_length=64)
    status = models.CharField("结果", max_length=12, choices=Status)
    key = models.CharField("事由", max_length=150, unique=True)
    """The key of the notices that went to the firm's people."""

    pushed_at = models.DateTimeField("推送时间")

    class Meta:
        verbose_name = "政策推送"
        verbose_name_plural = "政策推送"
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise", "policy", "rule_hash", "status"], name="push_once"
            )
        ]
        indexes = [models.Index(fields=["policy"], name="push_of_policy")]
