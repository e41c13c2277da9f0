"""Who is entitled and got nothing, in one's own area; the public sees no small numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.db.models import (
    Case,
    CharField,
    Count,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Concat, Substr

from huiqi.kernel.access import Actor
from huiqi.kernel.definitions.rulebook import area_name, industries, industry_name, rulebook
from huiqi.kernel.notices.models import Notice
from huiqi.kernel.parties.models import Enterprise, Membership
from huiqi.kernel.standings.models import TAKEN, Standing, Status, TakeUp
from huiqi.kernel.standings.queries import standings
from huiqi.services.takeup.rules import (
    CAUSES,
    INCOMPLETE,
    NO_ACCOUNT,
    NOT_NEEDED,
    READ,
    UNKNOWN,
    UNREAD,
    shown,
)

_COUNTY, _DIVISION = 6, 2
_MINUTES = 10 * 60
_MISSED = Q(missed=True)
"""Of ``entitled``: neither applied for nor received."""


@dataclass(frozen=True)
class Line:
    """One line of the table; ``money``: fen of those not taken, policy by policy."""

    key: str
    title: str
    entitled: int | None
    missed: int | None
    money: int | None

    @property
    def taken(self) -> int | None:
        if self.entitled is None or self.missed is None:
            return None
        return self.entitled - self.missed


def entitled(rows: QuerySet[Standing]) -> QuerySet[Standing]:
    """Pairs of firm and policy that are eligible now, with what the tables group by."""
    taken = TakeUp.objects.filter(
        enterprise=OuterRef("enterprise"), policy=OuterRef("policy"), state__in=TAKEN
    )
    return rows.filter(status=Status.ELIGIBLE).annotate(
        missed=~Exists(taken),
        county=Substr("enterprise__area", 1, _COUNTY),
        division=Substr("enterprise__industry", 1, _DIVISION),
        size=F("enterprise__size"),
    )


def with_cause(rows: QuerySet[Standing]) -> QuerySet[Standing]:
    """With the cause, as far as it can be known."""
    marked = TakeUp.objects.filter(
        enterprise=OuterRef("enterprise"), policy=OuterRef("policy"), state="not_needed"
    )
    people = Membership.objects.filter(enterprise=OuterRef("enterprise"))
    about = Concat(Value("/"), OuterRef("policy"), Value("/"))
    told = Notice.objects.filter(
        kind="policy", enterprise=OuterRef("enterprise"), key__contains=about
    )
    with_money = [p.key for p in rulebook().policies if p.amount is not None]
    return rows.annotate(
        cause=Case(
            When(Exists(marked), then=Value(NOT_NEEDED)),
            When(~Exists(people), then=Value(NO_ACCOUNT)),
            When(Exists(told) & ~Exists(told.exclude(read_at=None)), then=Value(UNREAD)),
            When(Q(amount=None, policy__in=with_money), then=Value(INCOMPLETE)),
            When(Exists(told), then=Value(READ)),
            default=Value(UNKNOWN),
            output_field=CharField(),
        )
    )


def overview(actor: Actor, dimension: str) -> list[Line]:
    """The table by one dimension, for the area an official is responsible for."""
    rows = entitled(standings(actor))
    if dimension == "cause":
        rows = with_cause(rows.filter(_MISSED))
    return _lines(rows, dimension)


def _lines(rows: QuerySet[Standing], dimension: str) -> list[Line]:
    column = "division" if dimension == "industry" else dimension
    counted = (
        rows.values_list(column)
        .annotate(
            every=Count("pk"),
            open=Count("pk", filter=_MISSED),
            money=Sum("amount", filter=_MISSED),
        )
        .order_by()
    )
    sums: dict[str, list[int]] = {}
    for value, *numbers in counted:
        key = section(value) if dimension == "industry" else value
        known = sums.setdefault(key, [0, 0, 0])
        sums[key] = [one + (other or 0) for one, other in zip(known, numbers, strict=True)]
    return [Line(key, name(dimension, key), *numbers) for key, numbers in sums.items()]


def section(division: str) -> str:
    """The section of the industry classification that a division of it belongs to."""
    tree = industries()
    return [division, *tree.ancestors(division)][-1] if division in tree else ""


def divisions(wanted: str) -> list[str]:
    """The divisions of a section."""
    return list(industries().children(wanted))


def name(dimension: str, key: str) -> str:
    """What a value of a dimension is called."""
    if dimension == "policy":
        titles = [policy.title for policy in rulebook().policies if policy.key == key]
        return titles[-1] if titles else key
    if dimension == "county":
        return area_name(key)
    if dimension == "industry":
        return industry_name(key) if key else "未知"
    if dimension == "size":
        return Enterprise.Size(key).label if key in Enterprise.Size.values else key
    return CAUSES.get(key, key)


def firms(actor: Actor) -> QuerySet[Standing]:
    """The pairs behind the table: eligible, and neither applied for nor received."""
    rows = with_cause(entitled(standings(actor)).filter(_MISSED))
    return rows.select_related("enterprise")


def public(dimension: str) -> list[Line]:
    """The table for everybody, of all areas, without numbers that could tell who it is."""
    key = f"takeup.public.{dimension}"
    found: list[Line] | None = cache.get(key)
    if found is None:
        rows = entitled(Standing.objects.filter(superseded_at=None))
        found = [_public(line) for line in _lines(rows, dimension)]
        cache.set(key, found, _MINUTES)
    return found


def _public(line: Line) -> Line:
    return Line(line.key, line.title, *shown(line.entitled or 0, line.missed or 0), None)


def chart(lines: Sequence[Line]) -> dict[str, Any]:
    """The same figures for the picture."""
    some = [line for line in lines if line.missed is not None][:15]
    return {
        "kind": "bars",
        "stacked": True,
        "categories": [line.title for line in some],
        "series": [
            {"name": "应享未享", "values": [line.missed for line in some]},
            {"name": "已申请或已享受", "values": [line.taken for line in some]},
        ],
    }
