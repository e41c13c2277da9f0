"""Versions of definitions 规则版本 that officials write: drafted by one, approved by another."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q

_USER = settings.AUTH_USER_MODEL
STATES = {
    "draft": "草稿",
    "returned": "退回修改",
    "submitted": "待审核",
    "scheduled": "已批准，到期生效",
    "published": "已发布",
    "discarded": "已放弃",
}


class DefinitionVersion(models.Model):
    """One version of a definition file. Once approved it never changes and never goes away.

    A row with ``retires`` has no text: from ``effective_from`` on there is no such definition.
    """

    kind = models.CharField("类别", max_length=20, default="policy")
    key = models.CharField("代号", max_length=100, db_index=True)
    title = models.CharField("名称", max_length=200)
    text = models.TextField("文本", blank=True)
    hash = models.CharField("散列值", max_length=64)
    base_hash = models.CharField("所改版本的散列值", max_length=64, blank=True)
    retires = models.BooleanField("废止", default=False)
    note = models.CharField("修改说明", max_length=1000, blank=True)
    revision = models.PositiveIntegerField("保存次数", default=1)
    """Counts the savings: whoever saves says which one they had read."""

    authors = models.JSONField("编写人", default=list)
    """Ids of everybody who saved it: none of them may approve."""

    drafted_by = models.ForeignKey(_USER, models.PROTECT, related_name="+")
    drafted_at = models.DateTimeField("起草时间")
    saved_by = models.ForeignKey(_USER, models.PROTECT, related_name="+")
    saved_at = models.DateTimeField("保存时间")
    submitted_by = models.ForeignKey(_USER, models.PROTECT, null=True, related_name="+")
    submitted_at = models.DateTimeField("提交时间", null=True)
    returned_at = models.DateTimeField("退回时间", null=True)
    return_reason = models.CharField("退回理由", max_length=1000, blank=True)
    approved_by = models.ForeignKey(_USER, models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField("批准时间", null=True)
    effective_from = models.DateField("施行日期", null=True)
    announced_at = models.DateTimeField("通报时间", null=True)
    """When the services heard that it has taken effect."""

    discarded_at = models.DateTimeField("放弃时间", null=True)

    class Meta:
        verbose_name = "规则版本"
        verbose_name_plural = "规则版本"
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "key"],
                condition=Q(approved_at=None, discarded_at=None),
                name="definition_one_open_draft",
            ),
            models.CheckConstraint(
                condition=Q(approved_by=None)
                | (
                    ~Q(approved_by=F("drafted_by"))
                    & ~Q(approved_by=F("saved_by"))
                    & ~Q(approved_by=F("submitted_by"))
                ),
                name="definition_two_persons",
            ),
            models.CheckConstraint(
                condition=Q(approved_at=None, approved_by=None, effective_from=None)
                | Q(
                    approved_at__isnull=False,
                    approved_by__isnull=False,
                    effective_from__isnull=False,
                    submitted_at__isnull=False,
                    discarded_at=None,
                ),
                name="definition_approved_whole",
            ),
            models.CheckConstraint(
                condition=Q(retires=True, text="") | (Q(retires=False) & ~Q(text="")),
                name="definition_text_or_retirement",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title}（{self.hash[:12]}）"

    @property
    def is_open(self) -> bool:
        """Whether it can still be changed or decided on."""
        return self.approved_at is None and self.discarded_at is None

    @property
    def is_editable(self) -> bool:
        return self.is_open and self.submitted_at is None

    def state(self, on: date) -> str:
        """One of STATES on a day, told by its dates."""
        if self.discarded_at:
            return "discarded"
        if self.effective_from:
            return "scheduled" if self.effective_from > on else "published"
        if self.submitted_at:
            return "submitted"
        return "returned" if self.returned_at else "draft"
