"""The index: one row for each thing that can be found."""

from __future__ import annotations

from django.db import models


class Indexed(models.Model):
    """A thing that can be found: what it is, its title, its tokens.

    Each database indexes ``tokens`` in its own way (see the migration): FTS5 beside the table,
    kept by triggers; on PostgreSQL a generated tsvector column with a GIN index.
    """

    kind = models.CharField("类别", max_length=30)
    key = models.CharField("编号", max_length=100)
    title = models.CharField("标题", max_length=300)
    summary = models.CharField("摘要", max_length=300, blank=True)
    tokens = models.TextField("词")
    """Of the title, then of the text."""

    public = models.BooleanField("公开", default=True)
    digest = models.CharField("散列值", max_length=64)
    """Of all that was indexed: an unchanged thing is not written again."""

    class Meta:
        verbose_name = "索引"
        verbose_name_plural = "索引"
        constraints = [models.UniqueConstraint(fields=["kind", "key"], name="indexed_once")]
