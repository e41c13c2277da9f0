"""Pages and feeds of the library."""

from __future__ import annotations

from datetime import date, datetime, time
from functools import partial
from io import BytesIO
from typing import Any

from django.contrib.syndication.views import Feed
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.views.decorators.http import require_GET

from huiqi.kernel.access import everyone
from huiqi.kernel.definitions.differences import WORDS, differences
from huiqi.kernel.errors import Invalid, NotFound
from huiqi.services.policies import queries
from huiqi.services.policies.forms import LibraryFilters
from huiqi.services.policies.queries import Entry
from huiqi.web.lists import Column, Listing
from huiqi.web.records import Records


def policy_address(one: Entry) -> str:
    return reverse("policy", args=[one.key])


COLUMNS = [
    Column("政策", lambda one: one.title, sort="title", link=policy_address),
    Column("给什么", lambda one: one.policy.model.benefit.text, "long_text"),
    Column("类别", lambda one: one.kind, sort="kind"),
    Column("层级", lambda one: one.level, sort="level"),
    Column("部门", lambda one: "、".join(one.departments)),
    Column("状态", lambda one: one.state_text, sort="state"),
    Column("有效期起", lambda one: one.starts, "date", sort="starts"),
    Column("有效期止", lambda one: one.ends, "date", sort="ends"),
    Column("说明", lambda one: "、".join(one.marks)),
    Column("代号", lambda one: one.key),
]


def asked_day(request: HttpRequest) -> date:
    """The day whose rules are wanted, ``?on=``; today by default. Raises Invalid."""
    text = request.GET.get("on")
    try:
        return date.fromisoformat(text) if text else timezone.localdate()
    except ValueError as error:
        raise Invalid(f"“{text}”不是日期。", "请写作 2026-01-31。") from error


@require_GET
@everyone
def library(request: HttpRequest) -> HttpResponseBase:
    """Search, facets, list."""
    on = asked_day(request)
    listing = _listing(request, on)
    query = listing.address(page=None, sort=None)
    return listing.response("policies/library.html", on=on, handbook_query=query)


def _listing(request: HttpRequest, on: date) -> Listing:
    return Listing(
        request,
        Records(queries.library(on)),
        title="政策库",
        columns=COLUMNS,
        filters=partial(LibraryFilters, on=on),
        order="title",
    )


@require_GET
@everyone
def handbook(request: HttpRequest) -> HttpResponseBase:
    """The list as it is narrowed, to print; where no state is chosen: what is in force."""
    on = asked_day(request)
    listing = _listing(request, on)
    found = [one for one in listing.rows if "state" in listing.given or one.is_current]
    if not found:
        raise NotFound("没有符合条件的政策，手册是空的。", "请放宽条件再试。")
    return _pdf(queries.handbook(found, on, partial(_full_address, request)), "惠企政策手册.pdf")


@require_GET
@everyone
def leaflet(request: HttpRequest, key: str) -> HttpResponseBase:
    """One policy on paper."""
    on = asked_day(request)
    one = queries.entry(key, on, request.GET.get("edition"))
    return _pdf(queries.leaflet(one, on, _full_address(request, one)), f"{one.title}.pdf")


def _full_address(request: HttpRequest, one: Entry) -> str:
    return request.build_absolute_uri(policy_address(one))


def _pdf(content: bytes, name: str) -> FileResponse:
    return FileResponse(BytesIO(content), filename=name, content_type="application/pdf")


@require_GET
@everyone
def policy(request: HttpRequest, key: str) -> HttpResponse:
    """One policy in five boxes, then the law."""
    on = asked_day(request)
    one = queries.entry(key, on, request.GET.get("edition"))
    context = {
        "one": one,
        "on": on,
        "editions": queries.editions(key, on),
        "related": queries.related(one, queries.library(on)),
    }
    return render(request, "policies/policy.html", context)


@require_GET
@everyone
def versions(request: HttpRequest, key: str) -> HttpResponse:
    """Two editions of a policy side by side."""
    on = asked_day(request)
    editions = queries.editions(key, on)
    newer = queries.entry(key, on, request.GET.get("after") or editions[0].edition)
    older = queries.entry(key, on, request.GET.get("before") or editions[-1].edition)
    lines = differences(older.policy.document.text, newer.policy.document.text)
    context = {
        "editions": editions,
        "older": older,
        "newer": newer,
        "lines": lines,
        "words": WORDS,
    }
    return render(request, "policies/versions.html", context)


@require_GET
@everyone
def definition(request: HttpRequest, key: str, suffix: str) -> HttpResponse:
    """The rule itself: the file, or as JSON."""
    one = queries.entry(key, asked_day(request), request.GET.get("edition"))
    if suffix == "json":
        data = one.policy.model.model_dump(mode="json", by_alias=True)
        return JsonResponse(data, json_dumps_params={"ensure_ascii": False, "indent": 2})
    return HttpResponse(
        one.policy.document.text,
        content_type="application/yaml; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{one.key}.yaml"'},
    )


@require_GET
@everyone
def calendar(request: HttpRequest) -> HttpResponse:
    """Windows and ends by month; those that no text fixes are listed apart."""
    on = asked_day(request)
    entries = queries.current(on)
    context = {
        "months": queries.months(entries, on),
        "without": [
            one for one in entries if one.policy.model.apply.window and not one.windows([on.year])
        ],
        "feed": request.build_absolute_uri(reverse("policy-calendar-feed")),
        "on": on,
    }
    return render(request, "policies/calendar.html", context)


@require_GET
@everyone
def calendar_feed(request: HttpRequest) -> HttpResponse:
    """iCalendar (RFC 5545), for subscription."""
    on = timezone.localdate()

    address = partial(_full_address, request)
    text = queries.icalendar(queries.current(on), on, timezone.now(), address)
    return HttpResponse(text, content_type="text/calendar; charset=utf-8")


class PolicyFeed(Feed[Entry, None]):
    """Atom (RFC 4287): policies by when they came into force."""

    feed_type = Atom1Feed
    title = "惠企政策"
    subtitle = "新生效、有变化、即将到期的政策"
    link = "/policies"

    def items(self) -> list[Entry]:
        return queries.newest(timezone.localdate())

    def item_title(self, item: Any) -> str:
        return f"{item.title}（{item.state_text}）" if item.state != "in_force" else item.title

    def item_description(self, item: Any) -> str:
        return "；".join([item.summary, item.policy.model.benefit.text, *item.cautions])

    def item_link(self, item: Any) -> str:
        return f"{policy_address(item)}?edition={item.edition}"

    def item_guid(self, item: Any) -> str:
        return f"urn:sha256:{item.policy.hash}"

    def item_updateddate(self, item: Any) -> datetime:
        return timezone.make_aware(datetime.combine(item.starts, time.min))


feed = require_GET(everyone(PolicyFeed()))
