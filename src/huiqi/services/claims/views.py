"""Pages of claims and members."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from huiqi.kernel.access import actor_of, needs, signed_in
from huiqi.kernel.definitions.rulebook import area_name
from huiqi.kernel.parties import actions, queries
from huiqi.kernel.roles import ROLES
from huiqi.services.claims.forms import ClaimFilters, ClaimForm, DecisionForm, MemberForm
from huiqi.web.lists import Column, Listing

STATES = {None: "待确认", True: "已确认", False: "未通过"}
COLUMNS = [
    Column(
        "企业",
        lambda one: one.enterprise.name,
        sort="enterprise__name",
        link=lambda one: reverse("claim", args=[one.pk]),
    ),
    Column("登记地", lambda one: area_name(one.enterprise.area), sort="enterprise__area"),
    Column("申请人", lambda one: one.user.name),
    Column("身份", lambda one: ROLES[one.role].title),
    Column("提出日期", lambda one: timezone.localdate(one.claimed_at), "date", sort="claimed_at"),
    Column("状态", lambda one: STATES[one.accepted], sort="accepted"),
]


@require_http_methods(["GET", "POST"])
@signed_in
def new(request: HttpRequest) -> HttpResponse:
    form = ClaimForm(request.POST or None)
    if not form.is_valid():
        status = 422 if form.is_bound else 200
        return render(request, "claims/new.html", {"form": form}, status=status)
    data = form.cleaned_data
    enterprise = queries.enterprise_named(data["credit_code"], data["name"])
    actions.claim(
        enterprise,
        role=data["role"],
        statement=data["statement"],
        by=actor_of(request),
        on=timezone.localdate(),
    )
    messages.success(request, "已提出认领，确认后会发消息告诉您。")
    return redirect("claims-mine")


@require_GET
@signed_in
def mine(request: HttpRequest) -> HttpResponse:
    """One's own claims and what came of them."""
    return render(request, "claims/mine.html", {"claims": queries.own_claims(actor_of(request))})


@require_GET
@needs("parties.confirm_claim")
def index(request: HttpRequest) -> HttpResponseBase:
    listing = Listing(
        request,
        queries.claims(actor_of(request)),
        title="企业认领",
        columns=COLUMNS,
        filters=ClaimFilters,
        order="-claimed_at",
    )
    return listing.response("claims/list.html")


@require_http_methods(["GET", "POST"])
@needs("parties.confirm_claim")
def one(request: HttpRequest, pk: int) -> HttpResponse:
    actor = actor_of(request)
    claim, form = queries.claim(actor, pk), DecisionForm(request.POST or None)
    if not form.is_valid():
        return render(request, "claims/one.html", {"claim": claim, "form": form})
    actions.decide_claim(
        claim,
        accepted=request.POST.get("accepted") == "1",
        reason=form.cleaned_data["reason"],
        by=actor,
        on=timezone.localdate(),
        at=timezone.now(),
    )
    messages.success(request, "已记录，申请人会收到消息。")
    return redirect("claims")


@require_GET
@needs("parties.manage_members")
def members(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    context = {"members": queries.members(actor), "today": timezone.localdate()}
    return render(request, "claims/members.html", context)


@require_http_methods(["GET", "POST"])
@needs("parties.manage_members")
def add_member(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    form = MemberForm(request.POST or None, actor=actor)
    if not form.is_valid():
        status = 422 if form.is_bound else 200
        return render(request, "claims/add.html", {"form": form}, status=status)
    data = form.cleaned_data
    actions.add_member(
        data["username"],
        role=data["role"],
        scope=data.get("scope", []),
        ends_on=data["ends_on"],
        by=actor,
        on=timezone.localdate(),
    )
    messages.success(request, "已加入。")
    return redirect("members")


@require_POST
@needs("parties.manage_members")
def end_member(request: HttpRequest, pk: int) -> HttpResponse:
    actor = actor_of(request)
    actions.end_membership(queries.member(actor, pk), by=actor, on=timezone.localdate())
    messages.success(request, "已结束。")
    return redirect("members")
