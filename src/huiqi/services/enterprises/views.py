"""Pages of the enterprises."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from huiqi.kernel.access import actor_of, everyone, needs
from huiqi.kernel.definitions.rulebook import area_name, industry_name
from huiqi.kernel.errors import NotFound
from huiqi.kernel.facts import actions as facts
from huiqi.kernel.facts import queries as fact_queries
from huiqi.kernel.parties import queries as parties
from huiqi.services.enterprises import actions, queries, rules
from huiqi.services.enterprises.forms import EnterpriseFilters, FactsForm
from huiqi.web.files import table_file
from huiqi.web.lists import Column, Listing


def file_address(firm: Any) -> str:
    return reverse("enterprise", args=[firm.credit_code])


COLUMNS = [
    Column("企业名称", lambda firm: firm.name, sort="name", link=file_address),
    Column("统一社会信用代码", lambda firm: firm.credit_code, sort="credit_code"),
    Column("登记地", lambda firm: area_name(firm.area), sort="area"),
    Column("行业", lambda firm: industry_name(firm.industry), sort="industry"),
    Column("规模", lambda firm: firm.get_size_display(), sort="size"),
    Column("状态", lambda firm: firm.get_status_display(), sort="status"),
    Column("成立日期", lambda firm: firm.established_on, "date", sort="established_on"),
]


@require_GET
@needs("enterprises.list")
def index(request: HttpRequest) -> HttpResponseBase:
    actor = actor_of(request)
    listing = Listing(
        request,
        queries.listed(actor),
        title="企业库",
        columns=COLUMNS,
        filters=partial(EnterpriseFilters, actor=actor),
        order="name",
    )
    return listing.response("enterprises/list.html", totals=queries.totals(listing.rows))


@require_GET
@needs("enterprises.own")
def own(request: HttpRequest) -> HttpResponse:
    """To the file of the firm one acts for."""
    firm = parties.enterprises(actor_of(request)).first()
    if firm is None:
        raise NotFound("您现在的身份不属于任何企业。", "请在右上角换一个身份。")
    return redirect("enterprise", firm.credit_code)


@require_GET
@needs("facts.read")
def file(request: HttpRequest, credit_code: str) -> HttpResponse:
    actor = actor_of(request)
    found = queries.file(actor, credit_code, timezone.localdate())
    actions.look(found.enterprise, by=actor, at=timezone.now())
    return render(request, "enterprises/file.html", {"file": found, "topics": queries.topics()})


@require_GET
@needs("facts.read")
def history(request: HttpRequest, credit_code: str, key: str) -> HttpResponse:
    """All that was ever said of one fact."""
    actor = actor_of(request)
    enterprise = parties.enterprise(actor, credit_code)
    fact = queries.fact(key)
    lines = queries.lines(fact, fact_queries.history(actor, enterprise, key))
    context = {"enterprise": enterprise, "fact": fact, "lines": lines}
    return render(request, "enterprises/history.html", context)


@require_http_methods(["GET", "POST"])
@needs("facts.declare")
def declare(request: HttpRequest, credit_code: str, topic: str) -> HttpResponse:
    """A firm's people tell the facts of one topic."""
    actor, on = actor_of(request), timezone.localdate()
    enterprise = parties.enterprise(actor, credit_code)
    present = queries.present_values(actor, enterprise, on)
    form = FactsForm(request.POST or None, facts=queries.told_facts(topic), initial=present)
    if not form.is_valid():
        context = {"enterprise": enterprise, "topic": topic, "form": form}
        status = 422 if form.is_bound else 200
        return render(request, "enterprises/declare.html", context, status=status)
    news = facts.declare(enterprise, rules.changed(form.told(), present), by=actor, on=on)
    messages.success(request, f"已保存，{len(news)} 项有变化。" if news else "没有变化。")
    return redirect("enterprise", credit_code)


@require_GET
@everyone
def statistics(request: HttpRequest) -> HttpResponse:
    """Firms in numbers: by county, size, section; chart, map, table."""
    actor = actor_of(request)
    found = queries.statistics(actor)
    context = {
        "found": found,
        "sizes": [rules.SIZE_NAMES.get(size, size) for size in rules.SIZES],
        "charts": rules.charts(found),
        "map": rules.map_chart(found, reverse("enterprise-map")) if queries.has_map() else None,
        "is_public": actor.kind not in ("office", "auditor"),
    }
    return render(request, "enterprises/statistics.html", context)


@require_GET
@everyone
@cache_control(max_age=86400, public=True)
def map_shapes(request: HttpRequest) -> HttpResponse:
    del request  # the same for everybody
    return JsonResponse(queries.shapes(), json_dumps_params={"ensure_ascii": False})


@require_GET
@everyone
def statistics_file(request: HttpRequest, suffix: str) -> HttpResponseBase:
    """The tables as a file."""
    found = queries.statistics(actor_of(request))
    return table_file("企业分布", rules.FILE_COLUMNS, [rules.file_rows(found)], suffix)


@require_GET
@needs("facts.read")
def certificates(request: HttpRequest, credit_code: str) -> HttpResponse:
    """A firm's size certificates, and for its own people the way to a new one."""
    actor, on = actor_of(request), timezone.localdate()
    enterprise, issued = queries.certificates(actor, credit_code, on)
    is_own = actor.enterprise_id == enterprise.pk
    context = {
        "enterprise": enterprise,
        "issued": issued,
        "is_own": is_own,
        "may_open": queries.may_open_certificates(actor, enterprise),
        "preview": queries.certificate(enterprise, on) if is_own else None,
    }
    return render(request, "enterprises/certificates.html", context)


@require_POST
@needs("enterprises.certify")
def certify(request: HttpRequest, credit_code: str) -> HttpResponse:
    actor = actor_of(request)
    enterprise = parties.enterprise(actor, credit_code)
    made = actions.certify(enterprise, by=actor, on=timezone.localdate())
    messages.success(request, f"划型证明已出具，校验码 {made.code}。")
    return redirect("certificates", credit_code)


@require_GET
@needs("facts.read")
def certificate(request: HttpRequest, credit_code: str, code: str) -> HttpResponseBase:
    """The very file that was issued."""
    found = queries.certificate_file(actor_of(request), credit_code, code)
    return FileResponse(found.file.open("rb"), filename=f"{found.title}-{found.code}.pdf")
