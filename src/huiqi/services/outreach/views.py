"""How far pushed policies reached."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_GET

from huiqi.kernel.access import actor_of, needs
from huiqi.services.outreach import queries
from huiqi.web.lists import Column, Listing
from huiqi.web.records import Records

COLUMNS = (
    Column("政策", lambda row: row.title, link=lambda row: reverse("policy", args=[row.policy])),
    Column("施行日期", lambda row: row.published, kind="date", sort="published"),
    Column("推送企业", lambda row: row.pushed, kind="integer", sort="pushed"),
    Column("通知到人", lambda row: row.notified, kind="integer", sort="notified"),
    Column("已读", lambda row: row.read, kind="integer", sort="read"),
    Column("已申请或已享受", lambda row: row.applied, kind="integer", sort="applied"),
)


@require_GET
@needs("outreach.read")
def reach(request: HttpRequest) -> HttpResponseBase:
    """By policy, in one's own area."""
    rows = queries.reach(actor_of(request))
    listing = Listing(request, Records(rows), title="推送触达", columns=COLUMNS, order="-pushed")
    return listing.response("outreach/reach.html", chart=queries.chart(rows))
