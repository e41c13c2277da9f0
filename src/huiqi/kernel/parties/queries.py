"""Parties as a person may see them. Unknown and not visible are the same answer."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet

from huiqi.kernel.access import Actor
from huiqi.kernel.errors import NotFound
from huiqi.kernel.parties.models import Enterprise, Membership, Office


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
