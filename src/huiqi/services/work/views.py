"""Pages of background work."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from huiqi.kernel.access import actor_of, needs, signed_in
from huiqi.kernel.jobs import actions, queries
from huiqi.kernel.jobs.models import Work
from huiqi.services.work.forms import WorkFilters
from huiqi.web.lists import Column, Listing


def _address(work: Work) -> str:
    return reverse("work", args=[work.pk])


COLUMNS = (
    Column("任务", lambda work: work.title, link=_address),
    Column("状态", lambda work: work.get_state_display(), sort="state"),
    Column("进展", lambda work: work.error or work.message, "long_text"),
    Column(
        "发起时间",
        lambda work: timezone.localtime(work.created_at),
        sort="created_at",
        shown=lambda work: f"{timezone.localtime(work.created_at):%Y-%m-%d %H:%M}",
    ),
)
WITH_STARTER = (*COLUMNS, Column("发起人", lambda work: work.starter, sort="starter"))


@require_GET
@signed_in
def mine(request: HttpRequest) -> HttpResponseBase:
    rows = queries.mine(actor_of(request))
    listing = Listing(
        request, rows, title="我的任务", columns=COLUMNS, filters=WorkFilters, order="-created_at"
    )
    return listing.response("work/list.html")


@require_GET
@needs("jobs.manage")
def everybodys(request: HttpRequest) -> HttpResponseBase:
    rows = queries.everybodys(actor_of(request))
    listing = Listing(
        request,
        rows,
        title="后台任务",
        columns=WITH_STARTER,
        filters=WorkFilters,
        order="-created_at",
    )
    return listing.response("work/list.html")


@require_GET
@signed_in
def one(request: HttpRequest, number: int) -> HttpResponse:
    """How far the work is; asked for again and again by the page itself until it is over."""
    found = queries.work(actor_of(request), number)
    template = "work/progress.html" if getattr(request, "htmx", False) else "work/one.html"
    return render(request, template, {"work": found})


@require_POST
@needs("jobs.manage")
def retry(request: HttpRequest, number: int) -> HttpResponse:
    actor = actor_of(request)
    actions.retry(queries.work(actor, number), by=actor, at=timezone.now())
    messages.success(request, "已重新排队。")
    return redirect("work", number)
