"""Pages of oversight: all of them only read."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from huiqi.kernel.access import actor_of, needs
from huiqi.kernel.definitions.rulebook import area_name
from huiqi.services.oversight import queries
from huiqi.services.oversight.forms import EventFilters
from huiqi.web.lists import Column, Listing
from huiqi.web.templatetags.huiqi import action_name


def _address(event: Any) -> str:
    return reverse("audit-event", args=[event.pk])


def _moment(when: Any) -> str:
    return f"{timezone.localtime(when):%Y-%m-%d %H:%M:%S}"


COLUMNS = [
    Column("时间", lambda event: _moment(event.at), sort="at", link=_address),
    Column("人员", lambda event: event.actor_name, sort="actor_name"),
    Column("角色", queries.role_name),
    Column("代表", lambda event: event.on_behalf),
    Column("事项", lambda event: action_name(event.action), sort="action"),
    Column("对象类别", lambda event: queries.SUBJECTS.get(event.subject_kind, event.subject_kind)),
    Column("对象", lambda event: event.subject, sort="subject", link=queries.address),
    Column("地区", lambda event: area_name(event.area) if event.area else ""),
    Column("依据", lambda event: event.basis),
]
SEALS = [
    Column("封存号", lambda seal: seal.number, "integer", sort="number"),
    Column("时间", lambda seal: _moment(seal.sealed_at), sort="sealed_at"),
    Column("起始编号", lambda seal: seal.first_event, "integer"),
    Column("截止编号", lambda seal: seal.last_event, "integer"),
    Column("条数", lambda seal: seal.count, "integer"),
    Column("散列值（SM3）", lambda seal: seal.hash, shown=lambda seal: f"{seal.hash[:16]}…"),
]


@require_GET
@needs("audit.read")
def events(request: HttpRequest) -> HttpResponseBase:
    listing = Listing(
        request,
        queries.events(actor_of(request)),
        title="操作记录",
        columns=COLUMNS,
        filters=EventFilters,
        order="-at",
    )
    return listing.response("oversight/events.html")


@require_GET
@needs("audit.read")
def event(request: HttpRequest, number: int) -> HttpResponse:
    detail = queries.event(actor_of(request), number)
    context = {
        "detail": detail,
        "role": queries.role_name(detail.event),
        "kind": queries.SUBJECTS.get(detail.event.subject_kind, detail.event.subject_kind),
        "subject_address": queries.address(detail.event),
    }
    return render(request, "oversight/event.html", context)


@require_GET
@needs("audit.read")
def chain(request: HttpRequest) -> HttpResponseBase:
    """How the record stands; computed anew when asked for."""
    actor = actor_of(request)
    listing = Listing(request, queries.seals(actor), title="封存", columns=SEALS, order="-number")
    check = request.GET.get("check") == "1"
    return listing.response("oversight/chain.html", chain=queries.chain(actor, check=check))
