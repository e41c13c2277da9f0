"""Documents that were issued 已出具的文书 and that anybody who holds one can verify."""

from __future__ import annotations

from django.db import models


class IssuedDocument(models.Model):
    """One issued document, with the very file that was handed out.

    ``kind`` and ``key`` say what it is of: a later one of the same takes its place. There is no
    status: withdrawn, replaced, expired follow from the columns and the day.
    """

    code = models.CharField("校验码", max_length=20, unique=True)
    kind = models.CharField("类别", max_length=40)
    key = models.CharField("对象", max_length=120)
    title = models.CharField("名称", max_length=200)
    holder = models.CharField("持有人", max_length=200)
    holder_code = models.CharField("持有人代码", max_length=40, blank=True)
    content_hash = models.CharField("内容散列值", max_length=64)
    file_hash = models.CharField("文件散列值", max_length=64)
    """SHA-256 of the PDF."""

    file = models.FileField("文件", upload_to="issued")
    issued_on = models.DateField("出具日期")
    valid_until = models.DateField("有效期至", null=True)
    withdrawn_on = models.DateField("撤回日期", null=True)
    withdrawal_reason = models.CharField("撤回理由", max_length=300, blank=True)

    class Meta:
        verbose_name = "已出具的文书"
        verbose_name_plural = "已出具的文书"
        indexes = [models.Index(fields=["kind", "key", "-id"], name="issued_of")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(withdrawn_on=None) | ~models.Q(withdrawal_reason=""),
                name="issued_withdrawn_with_reason",
            )
        ]

    def __str__(self) -> str:
        return f"{self.title} {self.code}"
