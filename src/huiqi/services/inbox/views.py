"""Pages of the inbox."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from huiqi.kernel.access import actor_of, everyone, signed_in
from huiqi.kernel.notices import actions, queries
from huiqi.kernel.notices.kinds import kinds
from huiqi.kernel.notices.models import Notice
from huiqi.services.inbox.forms import InboxFilters, PreferencesForm
from huiqi.web.lists import Column, Listing


def _kind_title(notice: Notice) -> str:
    return kinds()[notice.kind].title if notice.kind in kinds() else notice.kind


COLUMNS = (
    Column("标题", lambda notice: notice.title, link=lambda n: reverse("notice", args=[n.pk])),
    Column("状态", lambda notice: "已读" if notice.read_at else "未读"),
    Column("类别", _kind_title),
    Column("企业", lambda notice: notice.enterprise.name if notice.enterprise else ""),
    Column("日期", lambda notice: notice.due_on, kind="date", sort="due_on"),
)


@require_GET
@signed_in
def inbox(request: HttpRequest) -> HttpResponseBase:
    notices = queries.notices(actor_of(request), timezone.localdate())
    listing = Listing(
        request, notices, title="消息", columns=COLUMNS, filters=InboxFilters, order="-due_on"
    )
    return listing.response("inbox/list.html")


@require_GET
@signed_in
def notice(request: HttpRequest, number: int) -> HttpResponse:
    """One notice; that it was read, and when, is recorded here, as looking at a file is."""
    found = actions.mark_read(
        number, by=actor_of(request), on=timezone.localdate(), at=timezone.now()
    )
    context = {
        "notice": found,
        "kind": _kind_title(found),
        "deliveries": queries.deliveries(found),
    }
    return render(request, "inbox/notice.html", context)


@require_POST
@signed_in
def mark_unread(request: HttpRequest, number: int) -> HttpResponse:
    actions.mark_unread(number, by=actor_of(request), on=timezone.localdate())
    return redirect("inbox")


@require_POST
@signed_in
def read_all(request: HttpRequest) -> HttpResponse:
    count = actions.mark_all_read(by=actor_of(request), on=timezone.localdate(), at=timezone.now())
    messages.success(request, f"{count} 条消息标为已读。")
    return redirect("inbox")


@require_http_methods(["GET", "POST"])
@signed_in
def preferences(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    form = PreferencesForm(queries.preferences(actor), request.POST or None)
    if form.is_bound and form.is_valid():
        actions.prefer(form.wishes(), by=actor, on=timezone.localdate())
        messages.success(request, "通知设置已保存。")
        return redirect("notice-preferences")
    return render(request, "inbox/preferences.html", {"form": form})


# Mail programs press the button for their user (RFC 8058) and know no CSRF token; the signed word
# in the address is what allows it.
@csrf_exempt
@require_http_methods(["GET", "POST"])
@everyone
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """Stop one kind of notice without signing in; a visit alone changes nothing."""
    if request.method == "POST":
        title = actions.stop(token, by=actor_of(request), on=timezone.localdate())
        return render(request, "inbox/stopped.html", {"title": title})
    return render(request, "inbox/stop.html", {"title": queries.stoppable(token)})
