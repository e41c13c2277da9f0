"""Pages of non-take-up."""

from __future__ import annotations

from functools import partial

from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET

from huiqi.kernel.access import actor_of, everyone, needs
from huiqi.kernel.errors import NotFound
from huiqi.kernel.standings.models import Standing
from huiqi.services.takeup import queries
from huiqi.services.takeup.forms import MissedFilters
from huiqi.services.takeup.queries import Line
from huiqi.services.takeup.rules import CAUSES, DIMENSIONS
from huiqi.web.lists import Column, Listing
from huiqi.web.records import Records

_NUMBERS = (
    Column("符合（家次）", lambda line: line.entitled, kind="integer", sort="entitled"),
    Column("应享未享（家次）", lambda line: line.missed, kind="integer", sort="missed"),
    Column("已申请或已享受（家次）", lambda line: line.taken, kind="integer", sort="taken"),
)
_MONEY = Column(
    "未享受金额（元，按项相加）", lambda line: line.money, kind="money_yuan", sort="money"
)


@require_GET
@needs("takeup.read")
def overview(request: HttpRequest) -> HttpResponseBase:
    """By one dimension, in one's own area."""
    dimension = _dimension(request)
    lines = queries.overview(actor_of(request), dimension)
    columns = (_title(dimension, linked=True), *_NUMBERS, _MONEY)
    listing = Listing(request, Records(lines), title="应享未享", columns=columns, order="-missed")
    context = {"dimension": dimension, "dimensions": DIMENSIONS, "chart": queries.chart(lines)}
    return listing.response("takeup/overview.html", **context)


@require_GET
@everyone
def public(request: HttpRequest) -> HttpResponseBase:
    """For everybody: by policy or county, small numbers hidden."""
    dimension = _dimension(request)
    if dimension not in ("policy", "county"):
        raise NotFound("没有这种统计。", "可以按政策或者按地区看。")
    lines = queries.public(dimension)
    columns = (_title(dimension, linked=False), *_NUMBERS)
    listing = Listing(request, Records(lines), title="应享未享", columns=columns, order="-missed")
    dimensions = {key: DIMENSIONS[key] for key in ("policy", "county")}
    context = {"dimension": dimension, "dimensions": dimensions, "chart": queries.chart(lines)}
    return listing.response("takeup/overview.html", public=True, **context)


def _dimension(request: HttpRequest) -> str:
    wanted = request.GET.get("by", "policy")
    if wanted not in DIMENSIONS:
        raise NotFound("没有这种统计。", "请从页面上选择。")
    return wanted


def _title(dimension: str, *, linked: bool) -> Column:
    link = partial(_firms_address, dimension) if linked else None
    return Column(DIMENSIONS[dimension], lambda line: line.title, link=link, sort="title")


def _firms_address(dimension: str, line: Line) -> str:
    return f"{reverse('take-up-firms')}?{urlencode({dimension: line.key})}"


def _page(standing: Standing) -> str:
    return reverse("entitlements", args=[standing.enterprise.credit_code])


FIRMS = (
    Column("企业", lambda one: one.enterprise.name, link=_page, sort="enterprise__name"),
    Column("统一社会信用代码", lambda one: one.enterprise.credit_code),
    Column("政策", lambda one: queries.name("policy", one.policy), sort="policy"),
    Column("金额（元）", lambda one: one.amount, kind="money_yuan", sort="amount"),
    Column("地区", lambda one: queries.name("county", one.county), sort="county"),
    Column("原因", lambda one: CAUSES[one.cause], sort="cause"),
)


@require_GET
@needs("takeup.read")
def firms(request: HttpRequest) -> HttpResponseBase:
    """Which firms, in one's own area."""
    rows = queries.firms(actor_of(request))
    listing = Listing(
        request, rows, title="应享未享企业", columns=FIRMS, filters=MissedFilters, order="-amount"
    )
    return listing.response("takeup/firms.html")
