"""Trials and runs of policies over a frozen snapshot; each says on what it was made."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.db import models

from huiqi.kernel.definitions.models import DefinitionVersion
from huiqi.kernel.facts.models import Snapshot


class Trial(models.Model):
    """One simulation 模拟 of one text of a policy on a snapshot, against the text in force."""

    version = models.ForeignKey(DefinitionVersion, models.PROTECT, related_name="trials")
    text_hash = models.CharField("文本散列值", max_length=64)
    against_hash = models.CharField("对比文本散列值", max_length=64, blank=True)
    snapshot = models.ForeignKey(Snapshot, models.PROTECT, related_name="+")
    on = models.DateField("日期")
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    finished_at = models.DateTimeField("完成时间", null=True)
    result = models.JSONField("结果", default=dict)
    """As ``Simulation.as_json``: money in fen; without names of firms."""

    class Meta:
        verbose_name = "政策模拟"
        verbose_name_plural = "政策模拟"


class Batch(models.Model):
    """One run 批量测算 of all policies in force over a snapshot; the answers are a Parquet file."""

    snapshot = models.ForeignKey(Snapshot, models.PROTECT, related_name="+")
    rulebook_hash = models.CharField("规则散列值", max_length=64)
    on = models.DateField("日期")
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    starter = models.CharField("发起人", max_length=100)
    created_at = models.DateTimeField("发起时间")
    finished_at = models.DateTimeField("完成时间", null=True)
    file = models.CharField("文件", max_length=100, blank=True)
    sha256 = models.CharField("结果散列值", max_length=64, blank=True)

    class Meta:
        verbose_name = "批量测算"
        verbose_name_plural = "批量测算"

    def __str__(self) -> str:
        return f"{self.on:%Y-%m-%d} 批量测算"


def batch_file(batch: Batch) -> Path:
    """Where the answers of a run are."""
    folder: Path = settings.HUIQI_DATA / "batches"
    folder.mkdir(exist_ok=True)
    return folder / batch.file


class BatchTotal(models.Model):
    """What one policy comes to in one county in one run; money in fen."""

    batch = models.ForeignKey(Batch, models.CASCADE, related_name="totals")
    position = models.PositiveIntegerField()
    """Of the policy, in the file."""

    policy = models.CharField("政策代号", max_length=100)
    title = models.CharField("政策", max_length=200)
    text_hash = models.CharField("文本散列值", max_length=64)
    county = models.CharField("县", max_length=12)
    eligible = models.PositiveIntegerField("符合")
    undetermined = models.PositiveIntegerField("待定")
    ineligible = models.PositiveIntegerField("不符合")
    amount = models.BigIntegerField("金额")
    amount_unknown = models.PositiveIntegerField("符合但金额未知")

    class Meta:
        verbose_name = "批量测算合计"
        verbose_name_plural = "批量测算合计"
        constraints = [
            models.UniqueConstraint(fields=["batch", "position", "county"], name="batch_total_once")
        ]
