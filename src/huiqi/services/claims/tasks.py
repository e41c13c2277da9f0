"""After a claim is decided the person is told."""

from __future__ import annotations

from django.utils import timezone

from huiqi.kernel.access import system
from huiqi.kernel.notices.actions import notify
from huiqi.kernel.parties.models import FileClaim


def tell(claim_id: int) -> None:
    claim = FileClaim.objects.select_related("enterprise").get(pk=claim_id)
    outcome = "已确认" if claim.accepted else "没有通过"
    text = (
        f"您可以代表{claim.enterprise}了，请在页面右上角切换身份。"
        if claim.accepted
        else f"理由：{claim.reason}。补充说明后可以重新提出。"
    )
    notify(
        to=[claim.user_id],
        kind="claim",
        title=f"认领{claim.enterprise}：{outcome}",
        text=text,
        link="/claims/mine",
        key=f"claim-{claim.pk}",
        by=system("claims"),
        on=timezone.localdate(),
    )
