"""Machine clients 接口客户端: systems of offices and institutions that use the API."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from oauth2_provider.models import Application

from huiqi.kernel.parties.models import Institution, Office


class MachineClient(models.Model):
    """An OAuth 2.0 client (RFC 6749 §4.4) that acts for one office or institution.

    ``scopes``: the data sets it may use, from those that the services declare.
    """

    application = models.OneToOneField(
        Application, models.CASCADE, related_name="machine", verbose_name="客户端"
    )
    office = models.ForeignKey(Office, models.PROTECT, null=True, blank=True)
    institution = models.ForeignKey(Institution, models.PROTECT, null=True, blank=True)
    scopes = models.JSONField("数据范围", default=list)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField("建立时间", auto_now_add=True)
    revoked_at = models.DateTimeField("停用时间", null=True, blank=True)

    class Meta:
        verbose_name = "接口客户端"
        verbose_name_plural = "接口客户端"
        constraints = [
            models.CheckConstraint(
                condition=Q(office=None) ^ Q(institution=None), name="machine_one_party"
            )
        ]

    def __str__(self) -> str:
        return str(self.application.name)
