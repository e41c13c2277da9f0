"""Pages of a firm's entitlements."""

from __future__ import annotations

import json
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from huiqi.kernel.access import actor_of, needs
from huiqi.kernel.standings import actions as standings
from huiqi.kernel.standings import queries as past
from huiqi.kernel.standings.models import Standing
from huiqi.services.entitlements import actions, queries
from huiqi.services.entitlements.forms import MARKS, AnswersForm
from huiqi.services.entitlements.queries import Sheet
from huiqi.web.lists import Column, Listing


@require_GET
@needs("entitlements.read")
def mine(request: HttpRequest) -> HttpResponse:
    """Of the firm one acts for."""
    return redirect("entitlements", queries.own(actor_of(request)).credit_code)


@require_GET
@needs("entitlements.read")
def firm(request: HttpRequest, code: str) -> HttpResponse:
    """Of one firm; an official sees it on the facts their department may read."""
    actor, asked = actor_of(request), request.GET.get("ask", "")
    found = queries.enterprise(actor, code)
    actions.look(found, by=actor)
    since = queries.since(request.GET.get("was", ""))
    sheet = queries.sheet(actor, found, timezone.localdate(), asked=asked, since=since)
    return _page(request, sheet, AnswersForm(sheet.questions))


@require_POST
@needs("facts.declare")
def answer(request: HttpRequest, code: str) -> HttpResponse:
    """Missing facts, answered in place; back to the page, with what that changed."""
    actor, on = actor_of(request), timezone.localdate()
    found = queries.enterprise(actor, code)
    sheet = queries.sheet(actor, found, on, asked=request.POST.get("ask", ""))
    form = AnswersForm(sheet.questions, request.POST)
    if form.looks_up or not form.is_valid() or not form.values():
        return _page(request, sheet, form)
    changed = actions.answer(found, form.values(), by=actor, on=on)
    address = reverse("entitlements", args=[code])
    return redirect(f"{address}?{urlencode({'was': queries.token(changed)})}#changes")


@require_POST
@needs("standings.mark")
def mark(request: HttpRequest, code: str) -> HttpResponse:
    """What the firm did about a policy."""
    actor, policy = actor_of(request), request.POST.get("policy", "")
    found = queries.enterprise(actor, code)
    state = request.POST.get("state", "")
    standings.mark(found, policy, state, by=actor, on=timezone.localdate())
    messages.success(request, f"“{queries.title(policy)}”已标记为：{dict(MARKS)[state]}。")
    return redirect(f"{reverse('entitlements', args=[code])}#policy-{policy}")


@require_GET
@needs("entitlements.read")
def record(request: HttpRequest, code: str, policy: str) -> HttpResponse:
    """The record of a determination as a file; ``huiqi replay`` evaluates it again."""
    actor, on = actor_of(request), timezone.localdate()
    data = queries.record(actor, queries.enterprise(actor, code), policy, on)
    text = json.dumps(data, ensure_ascii=False, indent=2)
    name = f"attachment; filename={policy}-{on:%Y%m%d}.json"
    headers = {"Content-Disposition": name}
    return HttpResponse(text, content_type="application/json", headers=headers)


def _change_address(one: Standing) -> str:
    return reverse("entitlement-change", args=[one.enterprise.credit_code, one.pk])


HISTORY = (
    Column("日期", lambda one: one.recorded_at.date(), kind="date", sort="recorded_at"),
    Column("政策", lambda one: queries.title(one.policy)),
    Column("结果", Standing.get_status_display),
    Column("金额（元）", lambda one: one.amount, kind="money_yuan"),
    Column("到期或被取代", lambda one: one.superseded_at and one.superseded_at.date(), kind="date"),
    Column("为什么", lambda _: "看为什么变了", link=_change_address),
)


@require_GET
@needs("entitlements.read")
def history(request: HttpRequest, code: str) -> HttpResponseBase:
    """Everything that was found out about the firm, the newest first."""
    actor = actor_of(request)
    found = queries.enterprise(actor, code)
    rows = past.history(actor, found).select_related("enterprise")
    listing = Listing(request, rows, title="认定历史", columns=HISTORY, order="-recorded_at")
    return listing.response("entitlements/history.html", enterprise=found)


@require_GET
@needs("entitlements.read")
def change(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Why one answer is another than the one before."""
    actor = actor_of(request)
    found = queries.enterprise(actor, code)
    now, before = queries.change(actor, found, number)
    reason = past.reason(actor, found, now, before) if before else None
    title = queries.title(now.policy)
    context = {"now": now, "before": before, "reason": reason, "enterprise": found, "title": title}
    return render(request, "entitlements/change.html", context)


def _page(request: HttpRequest, sheet: Sheet, form: AnswersForm) -> HttpResponse:
    actor = actor_of(request)
    context = {
        "sheet": sheet,
        "findings": sheet.findings,
        "form": form,
        "marks": MARKS,
        "own": actor.enterprise_id == sheet.enterprise.pk,
        "may_answer": actor.may("facts.declare") and actor.enterprise_id == sheet.enterprise.pk,
        "may_mark": actor.may("standings.mark") and actor.enterprise_id == sheet.enterprise.pk,
    }
    return render(request, "entitlements/firm.html", context)
