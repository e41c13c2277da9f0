"""Pages of the duty register."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from huiqi.kernel.access import everyone
from huiqi.services.duties import queries


@require_GET
@everyone
def index(request: HttpRequest) -> HttpResponse:
    entries = queries.entries(timezone.localdate())
    served = sum(bool(one.services) for one in entries)
    context = {"register": queries.register(), "entries": entries, "served": served}
    return render(request, "duties/index.html", context)


@require_GET
@everyone
def duty(request: HttpRequest, number: str) -> HttpResponse:
    found, article = queries.entry(number, timezone.localdate())
    context = {"register": queries.register(), "entry": found, "article": article}
    return render(request, "duties/duty.html", context)
