"""Parties 主体: enterprises, offices, institutions, and the people who act for them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from huiqi.kernel.roles import ROLES

AREA_CODE = 12
"""GB/T 2260 codes have 6 digits, townships 9, villages 12."""


class Enterprise(models.Model):
    """An enterprise 企业 (or other market entity) as registered.

    ``size`` is the class of the newest determination, kept here so that lists filter by it.
    """

    class Status(models.TextChoices):
        OPEN = "open", "存续"
        SUSPENDED = "suspended", "歇业"
        REVOKED = "revoked", "吊销"
        CLOSED = "closed", "注销"
        MOVED = "moved", "迁出"

    class Size(models.TextChoices):
        UNKNOWN = "", "待定"
        MICRO = "微型", "微型"
        SMALL = "小型", "小型"
        MEDIUM = "中型", "中型"
        LARGE = "大型", "大型"
        NOT_APPLICABLE = "不适用", "不适用"

    credit_code = models.CharField("统一社会信用代码", max_length=18, unique=True)
    name = models.CharField("企业名称", max_length=200, db_index=True)
    entity_type = models.CharField("主体类型", max_length=20, blank=True)
    area = models.CharField("登记地", max_length=AREA_CODE)
    industry = models.CharField("行业代码", max_length=5, blank=True)
    status = models.CharField("登记状态", max_length=10, choices=Status, default=Status.OPEN)
    size = models.CharField("规模", max_length=4, choices=Size, blank=True, default=Size.UNKNOWN)
    established_on = models.DateField("成立日期", null=True, blank=True)
    address = models.CharField("住所", max_length=300, blank=True)
    contact_phone = models.CharField("联系电话", max_length=40, blank=True)
    created_at = models.DateTimeField("建档时间", auto_now_add=True)

    class Meta:
        verbose_name = "企业"
        verbose_name_plural = "企业"
        indexes = [
            models.Index(fields=["area", "name", "id"], name="enterprise_area_name"),
            models.Index(fields=["area", "industry"], name="enterprise_area_industry"),
            models.Index(fields=["area", "size"], name="enterprise_area_size"),
        ]

    def __str__(self) -> str:
        return self.name


class Establishment(models.Model):
    """A place of business 经营场所 or branch of an enterprise."""

    enterprise = models.ForeignKey(Enterprise, models.CASCADE, related_name="establishments")
    name = models.CharField("名称", max_length=200)
    area = models.CharField("所在地", max_length=AREA_CODE)
    industry = models.CharField("行业代码", max_length=5, blank=True)
    address = models.CharField("地址", max_length=300, blank=True)

    class Meta:
        verbose_name = "经营场所"
        verbose_name_plural = "经营场所"


class Office(models.Model):
    """A department 部门 in one area; it sees what lies inside that area."""

    department = models.CharField("部门", max_length=20)
    area = models.CharField("行政区域", max_length=AREA_CODE)
    name = models.CharField("单位名称", max_length=100)
    phone = models.CharField("电话", max_length=40, blank=True)
    address = models.CharField("地址", max_length=200, blank=True)

    class Meta:
        verbose_name = "单位"
        verbose_name_plural = "单位"
        constraints = [
            models.UniqueConstraint(fields=["department", "area"], name="office_once_an_area")
        ]

    def __str__(self) -> str:
        return self.name


class Institution(models.Model):
    """A body that is neither enterprise nor government office here: bank, guarantor, park …"""

    class Kind(models.TextChoices):
        BANK = "bank", "银行"
        GUARANTOR = "guarantor", "融资担保机构"
        MICRO_LENDER = "micro_lender", "小额贷款公司"
        INSURER = "insurer", "保险机构"
        PARK = "park", "园区运营机构"
        ASSOCIATION = "association", "协会商会"
        PURCHASER = "purchaser", "采购人"
        ASSESSOR = "assessor", "第三方评估机构"
        MEDIATOR = "mediator", "调解组织"
        MEDIA = "media", "新闻媒体"

    kind = models.CharField("类别", max_length=12, choices=Kind)
    name = models.CharField("名称", max_length=200, unique=True)
    credit_code = models.CharField("统一社会信用代码", max_length=18, blank=True)
    area = models.CharField("所在地", max_length=AREA_CODE)

    class Meta:
        verbose_name = "机构"
        verbose_name_plural = "机构"

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """A person in a role 身份 for at most one party, for a term; agents 代办人 with a scope too."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships")
    role = models.CharField(
        "角色", max_length=20, choices=[(role.key, role.title) for role in ROLES.values()]
    )
    enterprise = models.ForeignKey(Enterprise, models.CASCADE, null=True, blank=True)
    office = models.ForeignKey(Office, models.CASCADE, null=True, blank=True)
    institution = models.ForeignKey(Institution, models.CASCADE, null=True, blank=True)
    scope = models.JSONField("代办范围", default=list, blank=True)
    """Permissions an agent was given; empty for all other roles."""

    starts_on = models.DateField("生效日期")
    ends_on = models.DateField("截止日期", null=True, blank=True)
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    granted_at = models.DateTimeField("授予时间", auto_now_add=True)

    class Meta:
        verbose_name = "身份"
        verbose_name_plural = "身份"
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="membership_ends_after_start",
            ),
            models.CheckConstraint(
                condition=(
                    Q(enterprise=None, office=None)
                    | Q(enterprise=None, institution=None)
                    | Q(office=None, institution=None)
                ),
                name="membership_one_party",
            ),
        ]


class FileClaim(models.Model):
    """A person's claim 认领 to act for an enterprise, with proof, until an official decides."""

    enterprise = models.ForeignKey(Enterprise, models.CASCADE, related_name="claims")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="claims")
    role = models.CharField("身份", max_length=20)
    statement = models.CharField("说明", max_length=500, blank=True)
    proof = models.JSONField("证明材料", default=list)
    """Ids of documents."""

    claimed_at = models.DateTimeField("提出时间", auto_now_add=True)
    accepted = models.BooleanField("结果", null=True)
    reason = models.CharField("理由", max_length=500, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField("决定时间", null=True, blank=True)

    class Meta:
        verbose_name = "企业认领"
        verbose_name_plural = "企业认领"
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise", "user"],
                condition=Q(accepted=None),
                name="claim_open_once",
                violation_error_message="您已经提出过认领，正在等待确认",
            ),
            models.CheckConstraint(
                condition=~Q(accepted=False) | ~Q(reason=""), name="claim_refused_with_reason"
            ),
        ]
