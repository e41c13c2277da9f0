"""Pages of machine clients."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from oauth2_provider.views import TokenView

from huiqi.kernel.access import actor_of, everyone, needs
from huiqi.kernel.machines import actions
from huiqi.kernel.machines import queries as machines
from huiqi.services.clients.queries import machine_form
from huiqi.web.lists import Column, Listing

COLUMNS = [
    Column("系统名称", lambda one: one.application.name, sort="application__name"),
    Column("客户端编号", lambda one: one.application.client_id),
    Column("代表", lambda one: str(one.office or one.institution)),
    Column("数据范围", lambda one: "、".join(one.scopes), "long_text"),
    Column("建立日期", lambda one: timezone.localdate(one.created_at), "date", sort="created_at"),
    Column(
        "停用日期",
        lambda one: one.revoked_at and timezone.localdate(one.revoked_at),
        "date",
        sort="revoked_at",
    ),
]


@require_GET
@needs("machines.manage")
def index(request: HttpRequest) -> HttpResponseBase:
    rows = machines.machines(actor_of(request))
    listing = Listing(request, rows, title="接口客户端", columns=COLUMNS, order="-created_at")
    active = rows.filter(revoked_at=None).order_by("application__name")
    return listing.response("clients/list.html", active=active)


@require_http_methods(["GET", "POST"])
@needs("machines.manage")
def new(request: HttpRequest) -> HttpResponse:
    """Make a client; its secret is on the answer's page and nowhere else."""
    form = machine_form(request.POST or None)
    if not form.is_valid():
        status = 422 if form.is_bound else 200
        return render(request, "clients/new.html", {"form": form}, status=status)
    machine, secret = actions.create(
        form.cleaned_data["name"],
        form.chosen_party(),
        form.cleaned_data["scopes"],
        by=actor_of(request),
    )
    return render(request, "clients/made.html", {"machine": machine, "secret": secret})


@require_POST
@needs("machines.manage")
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    actor = actor_of(request)
    actions.revoke(machines.machine(actor, pk), by=actor, at=timezone.now())
    messages.success(request, "已停用，它的令牌立即失效。")
    return redirect("machines")


# A system signs in with its own secret and no cookie: there is nothing to forge.
@csrf_exempt
@sensitive_post_parameters("client_secret")
@require_POST
@everyone
def token(request: HttpRequest) -> HttpResponseBase:
    """Client credentials for an access token (RFC 6749 §4.4)."""
    answer: HttpResponseBase = TokenView.as_view()(request)
    return answer
