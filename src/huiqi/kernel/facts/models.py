"""Observations 观测: what somebody said of an enterprise, when, about which period. Never changed.

A newer word of the same source on the same period takes an older one's place; both are kept.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from huiqi.kernel.parties.models import Enterprise

SOURCES = {
    "declared": "企业填报",
    "tax": "税务",
    "market_regulation": "市场监管",
    "social_insurance": "社会保险",
    "statistics": "统计",
    "bank": "银行",
    "customs": "海关",
    "court": "法院",
    "official": "主管部门",
    "science": "科技",
    "qualification": "资质认定",
}
DECLARED = "declared"


class Observation(models.Model):
    """One value of one fact (its key in the vocabulary).

    ``number`` holds numbers (stored form: fen, millionths …), dates (days since 1970-01-01), flags
    (0, 1); ``text`` holds codes, members of a set (one a line) and texts, so that a code table may
    grow without changing what was stored. Both empty: the source took its word back.
    ``period``: ``2025``, ``2025Q1``, ``2025-03``, or empty for facts of a moment.
    """

    enterprise = models.ForeignKey(Enterprise, models.CASCADE, related_name="observations")
    fact = models.CharField("事实", max_length=60)
    period = models.CharField("所属期", max_length=7, blank=True)
    source = models.CharField("来源", max_length=20, choices=list(SOURCES.items()))
    number = models.BigIntegerField("数值", null=True, blank=True)
    text = models.TextField("文字", blank=True)
    observed_on = models.DateField("截至日期")
    recorded_at = models.DateTimeField("记录时间")
    attester = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    on_behalf = models.CharField("代表", max_length=200, blank=True)
    evidence = models.JSONField("证明材料", default=list, blank=True)
    """Ids of documents."""

    basis = models.CharField("依据", max_length=300, blank=True)
    superseded_at = models.DateTimeField("被取代时间", null=True, blank=True)

    class Meta:
        verbose_name = "企业信息"
        verbose_name_plural = "企业信息"
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise", "fact", "period", "source"],
                condition=Q(superseded_at=None),
                name="observation_one_word_a_source",
            )
        ]
        indexes = [models.Index(fields=["enterprise", "fact"], name="observation_of_firm")]

    def __str__(self) -> str:
        return f"{self.fact} {self.period}".strip()


class Snapshot(models.Model):
    """The facts of all enterprises on a day, frozen in one Parquet file that never changes."""

    taken_at = models.DateTimeField("冻结时间")
    on = models.DateField("截至日期")
    taken_by = models.CharField("冻结人", max_length=100)
    file = models.CharField("文件", max_length=100, unique=True)
    """Name in the folder of snapshots."""

    sha256 = models.CharField("散列值", max_length=64)
    enterprises = models.PositiveIntegerField("企业数")
    facts = models.PositiveIntegerField("事实数")

    class Meta:
        verbose_name = "数据快照"
        verbose_name_plural = "数据快照"
        get_latest_by = "id"

    def __str__(self) -> str:
        return f"{self.on:%Y-%m-%d} {self.sha256[:12]}"
