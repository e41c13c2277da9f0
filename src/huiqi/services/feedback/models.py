"""What people say is wrong on a page."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class Report(models.Model):
    """One report; handled once ``handled_at`` says when and ``answer`` what was done."""

    number = models.CharField("编号", max_length=12, unique=True)
    page = models.CharField("页面", max_length=500)
    text = models.TextField("哪里不对", max_length=2000)
    contact = models.CharField("联系方式", max_length=100, blank=True)
    sent_at = models.DateTimeField("提出时间")
    handled_at = models.DateTimeField("处理时间", null=True, blank=True)
    handled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    answer = models.TextField("处理结果", max_length=2000, blank=True)

    class Meta:
        verbose_name = "网页找错"
        verbose_name_plural = "网页找错"
        indexes = [models.Index(fields=["handled_at", "sent_at"], name="feedback_open")]

    def __str__(self) -> str:
        return self.number
