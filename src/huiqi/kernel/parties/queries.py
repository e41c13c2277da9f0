"""Parties as a person may see them. Unknown and not visible are the same answer."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet

from huiqi.kernel.access import Actor
from huiqi.kernel.errors import NotFound
from huiqi.kernel.parties.models import Enterprise, FileClaim, Membership, Office


def inside(area: str) -> str:
    """The start that all codes inside an area share: GB/T 2260 fills up with zeros."""
    while len(area) > 2 and area.endswith("00"):
        area = area[:-2]
    return area


def enterprises(actor: Actor) -> QuerySet[Enterprise]:
    """Enterprises whose file an actor may open.

    A firm's people: their own. Offices and auditors: those registered inside their area.
    Administrators run the platform and see no business data; visitors see nobody's file.
    """
    if actor.enterprise_id is not None:
        return Enterprise.objects.filter(pk=actor.enterprise_id)
    if actor.kind in ("office", "auditor"):
        return Enterprise.objects.filter(area__startswith=inside(actor.area))
    if actor.kind == "system":
        return Enterprise.objects.all()
    return Enterprise.objects.none()


def enterprise(actor: Actor, credit_code: str) -> Enterprise:
    """One of ``enterprises``. Raises NotFound."""
    try:
        return enterprises(actor).get(credit_code=credit_code)
    except Enterprise.DoesNotExist:
        raise NotFound(
            "没有这家企业，或者它不在您能查看的范围内。", "请检查统一社会信用代码。"
        ) from None


def memberships(user_id: int, on: date) -> QuerySet[Membership]:
    """A person's roles in force on a day, the oldest first."""
    return (
        Membership.objects.filter(user_id=user_id, starts_on__lte=on)
        .filter(Q(ends_on=None) | Q(ends_on__gte=on))
        .select_related("enterprise", "office", "institution")
        .order_by("pk")
    )


def offices() -> QuerySet[Office]:
    """Offices are public: who is responsible where."""
    return Office.objects.order_by("area", "department")


def claims(actor: Actor) -> QuerySet[FileClaim]:
    """Claims an official may decide: of enterprises of the area; a person's own otherwise."""
    found = FileClaim.objects.select_related("enterprise", "user", "decided_by")
    if actor.may("parties.confirm_claim") or actor.kind == "auditor":
        return found.filter(enterprise__in=enterprises(actor))
    if actor.user_id is None:
        return found.none()
    return found.filter(user_id=actor.user_id)


def claim(actor: Actor, pk: int) -> FileClaim:
    """Raises NotFound."""
    try:
        return claims(actor).get(pk=pk)
    except FileClaim.DoesNotExist:
        raise NotFound("没有这个认领。", "请从列表进入。") from None


def members(actor: Actor) -> QuerySet[Membership]:
    """Roles of those who act for the same enterprise or office."""
    found = Membership.objects.select_related("user", "enterprise", "office").order_by("pk")
    if actor.enterprise_id is not None:
        return found.filter(enterprise_id=actor.enterprise_id)
    if actor.office_id is not None:
        return found.filter(office_id=actor.office_id)
    return found.none()


def member(actor: Actor, pk: int) -> Membership:
    """Raises NotFound."""
    try:
        return members(actor).get(pk=pk)
    except Membership.DoesNotExist:
        raise NotFound("没有这个成员。", "请从成员列表进入。") from None


def enterprise_named(credit_code: str, name: str) -> Enterprise:
    """An enterprise by code and name together: who knows both may claim it. Raises NotFound."""
    try:
        return Enterprise.objects.get(credit_code=credit_code, name=name)
    except Enterprise.DoesNotExist:
        raise NotFound(
            "没有找到代码和名称都相符的企业。", "请照营业执照填写；还是找不到，请联系市场监管部门。"
        ) from None


def own_claims(actor: Actor) -> QuerySet[FileClaim]:
    """What a person has claimed, the newest first."""
    found = FileClaim.objects.filter(user_id=actor.account_id).select_related("enterprise")
    return found.order_by("-pk")
