"""Pages of the reports."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from huiqi.kernel.access import actor_of, everyone, needs
from huiqi.services.feedback import actions, queries
from huiqi.services.feedback.forms import AnswerForm, ReportFilters, ReportForm
from huiqi.services.feedback.models import Report
from huiqi.web.lists import Column, Listing

COLUMNS = [
    Column("编号", lambda one: one.number, link=lambda one: f"/feedback/{one.number}"),
    Column("页面", lambda one: one.page),
    Column("哪里不对", lambda one: one.text, "long_text"),
    Column("提出日期", lambda one: timezone.localdate(one.sent_at), "date", sort="sent_at"),
    Column("状态", lambda one: "已处理" if one.handled_at else "待处理", sort="handled_at"),
]


@require_http_methods(["GET", "POST"])
@everyone
def new(request: HttpRequest) -> HttpResponse:
    """Say what is wrong; the page one came from is filled in."""
    came_from = urlsplit(request.headers.get("referer", "")).path
    form = ReportForm(request.POST or None, initial={"page": came_from})
    if not form.is_valid():
        status = 422 if form.is_bound else 200
        return render(request, "feedback/new.html", {"form": form}, status=status)
    data = form.cleaned_data
    if data["website"]:
        return render(request, "feedback/sent.html")
    report = actions.send(data["page"], data["text"], data["contact"], at=timezone.now())
    return render(request, "feedback/sent.html", {"report": report})


@require_GET
@needs("feedback.handle")
def index(request: HttpRequest) -> HttpResponseBase:
    listing = Listing(
        request,
        queries.reports(actor_of(request)),
        title="网页找错",
        columns=COLUMNS,
        filters=ReportFilters,
        order="-sent_at",
    )
    return listing.response("feedback/list.html")


@require_http_methods(["GET", "POST"])
@needs("feedback.handle")
def one(request: HttpRequest, number: str) -> HttpResponse:
    actor = actor_of(request)
    report: Report = queries.report(actor, number)
    form = AnswerForm(request.POST or None)
    if form.is_valid():
        actions.answer(report, form.cleaned_data["answer"], by=actor, at=timezone.now())
        messages.success(request, "已记录处理结果。")
        return redirect("feedback-list")
    status = 422 if form.is_bound else 200
    context = {"report": report, "form": form}
    return render(request, "feedback/one.html", context, status=status)
