"""Pages of the workshop: from the list of policies to the approved version."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from huiqi.kernel.access import actor_of, needs
from huiqi.kernel.definitions import actions as definitions
from huiqi.kernel.definitions import queries as kept
from huiqi.kernel.definitions.checking import check
from huiqi.kernel.definitions.differences import WORDS, differences
from huiqi.kernel.definitions.models import DefinitionVersion
from huiqi.kernel.errors import Conflict
from huiqi.services.workshop import actions, queries
from huiqi.services.workshop.forms import (
    ANSWER_COLUMNS,
    BATCH_COLUMNS,
    TOTAL_COLUMNS,
    AnswerFilters,
    ApproveForm,
    Builder,
    EditForm,
    NewForm,
    PolicyFilters,
    RetireForm,
    ReturnForm,
    TrialFilters,
)
from huiqi.services.workshop.queries import Entry
from huiqi.services.workshop.rules import lines_with_faults
from huiqi.web.lists import Column, Listing
from huiqi.web.records import Records


def _policy_address(one: Entry) -> str:
    return reverse("workshop-policy", args=[one.key])


COLUMNS = [
    Column("政策", lambda one: one.title, sort="title", link=_policy_address),
    Column("状态", lambda one: one.state, sort="state"),
    Column("草稿", lambda one: one.draft_state, sort="draft_state"),
    Column("部门", lambda one: "、".join(one.departments)),
    Column("代号", lambda one: one.key, sort="key"),
]


@require_GET
@needs("definitions.read")
def index(request: HttpRequest) -> HttpResponseBase:
    """All policies with what is going on with each."""
    actor = actor_of(request)
    listing = Listing(
        request,
        Records(queries.entries(actor, timezone.localdate())),
        title="政策工坊",
        columns=COLUMNS,
        filters=PolicyFilters,
        order="title",
    )
    return listing.response("workshop/list.html", waiting=kept.waiting_for(actor))


@require_GET
@needs("definitions.read")
def policy(request: HttpRequest, key: str) -> HttpResponse:
    """One policy: begin a draft or go on with it, retire it, earlier versions."""
    on = timezone.localdate()
    context = {
        "one": queries.entry(actor_of(request), key, on),
        "versions": kept.versions(key).select_related("approved_by", "drafted_by"),
        "retire_form": RetireForm(),
        "on": on,
    }
    return render(request, "workshop/policy.html", context)


@require_POST
@needs("definitions.edit")
def begin(request: HttpRequest, key: str) -> HttpResponse:
    """A draft of the text in force."""
    actor, on = actor_of(request), timezone.localdate()
    one = queries.entry(actor, key, on)
    text = one.policy.document.text if one.policy else ""
    version = definitions.draft(key, text, by=actor, on=on, at=timezone.now())
    return redirect("workshop-edit", version.pk)


@require_http_methods(["GET", "POST"])
@needs("definitions.edit")
def new(request: HttpRequest) -> HttpResponse:
    """A policy that isn't there yet."""
    form = NewForm(request.POST or None)
    if not form.is_valid():
        status = 422 if form.is_bound else 200
        return render(request, "workshop/new.html", {"form": form}, status=status)
    actor, on = actor_of(request), timezone.localdate()
    key, title = form.cleaned_data["key"], form.cleaned_data["title"]
    text = queries.starting_text(key, title, actor, on)
    version = definitions.draft_new(key, text, by=actor, on=on, at=timezone.now())
    return redirect("workshop-edit", version.pk)


@require_POST
@needs("definitions.edit")
def retire(request: HttpRequest, key: str) -> HttpResponse:
    """A retirement goes to a second person like any version."""
    actor, on, at = actor_of(request), timezone.localdate(), timezone.now()
    form = RetireForm(request.POST)
    if not form.is_valid():
        one = queries.entry(actor, key, on)
        context = {"one": one, "versions": kept.versions(key), "retire_form": form, "on": on}
        return render(request, "workshop/policy.html", context, status=422)
    reason = form.cleaned_data["reason"]
    version = definitions.draft(key, "", by=actor, on=on, at=at, retires=True, note=reason)
    definitions.submit(version, by=actor, on=on, at=at)
    messages.success(request, "已提交废止，等待另一位审核人批准。")
    return redirect("workshop-review", version.pk)


# --- the text ------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@needs("definitions.edit")
def edit(request: HttpRequest, number: int) -> HttpResponse:
    """The text with its faults; without JavaScript “check” asks for them, “save” keeps it."""
    actor = actor_of(request)
    version = kept.draft(actor, number)
    if request.method == "GET" or not version.is_editable:
        return _editor(request, version, EditForm.of(version))
    form = EditForm(request.POST)
    if not form.is_valid() or "save" not in request.POST:
        return _editor(request, version, form, status=200 if form.is_valid() else 422)
    data = form.cleaned_data
    try:
        definitions.save(version, **data, by=actor, at=timezone.now())
    except Conflict as conflict:
        return _overtaken(request, number, data, conflict)
    return redirect(
        "workshop-review" if "review" in request.POST["save"] else "workshop-edit", number
    )


def _editor(
    request: HttpRequest, version: DefinitionVersion, form: EditForm, status: int = 200, **more: Any
) -> HttpResponse:
    text = form["text"].value() or ""
    checked = check(text, version.key)
    context = {
        "version": version,
        "form": form,
        "checked": checked,
        "lines": lines_with_faults(text, checked.problems),
        **more,
    }
    return render(request, "workshop/edit.html", context, status=status)


def _overtaken(
    request: HttpRequest, number: int, typed: dict[str, Any], conflict: Conflict
) -> HttpResponse:
    """Both texts: what is kept now, and what was typed; saving again keeps the typed one."""
    version = kept.draft(actor_of(request), number)
    form = EditForm(initial={**typed, "revision": version.revision})
    lines = differences(version.text, typed["text"].replace("\r\n", "\n"))
    return _editor(request, version, form, status=409, conflict=conflict, both=lines, words=WORDS)


@require_POST
@needs("definitions.edit")
def check_text(request: HttpRequest, number: int) -> HttpResponse:
    """The faults of a text as it is being typed; nothing is kept."""
    version = kept.draft(actor_of(request), number)
    text = request.POST.get("text", "").replace("\r\n", "\n")
    checked = check(text, version.key)
    context = {"checked": checked, "lines": lines_with_faults(text, checked.problems)}
    return render(request, "workshop/faults.html", context)


@require_http_methods(["GET", "POST"])
@needs("definitions.edit")
def build(request: HttpRequest, number: int) -> HttpResponse:
    """The same draft as a form; it writes the same text."""
    actor = actor_of(request)
    version = kept.draft(actor, number)
    data = queries.data_of(version)
    builder = Builder(data, version.revision, request.POST or None)
    context = {"version": version, "builder": builder, "has_comments": "#" in version.text}
    if not request.POST or not builder.is_valid():
        status = 422 if request.POST else 200
        return render(request, "workshop/build.html", context, status=status)
    text, revision = builder.text(), builder.revision
    try:
        definitions.save(
            version, text, version.note, revision=revision, by=actor, at=timezone.now()
        )
    except Conflict as conflict:
        return _overtaken(request, number, {"text": text, "note": version.note}, conflict)
    return redirect("workshop-edit", number)


@require_GET
@needs("definitions.read")
def file(request: HttpRequest, number: int) -> HttpResponse:
    """The text, byte for byte as it is kept."""
    version = kept.draft(actor_of(request), number)
    name = f"{version.key}-{version.hash[:12]}.yaml"
    return HttpResponse(
        version.text.encode(),
        content_type="application/yaml; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


# --- trying out and deciding ---------------------------------------------------------------------


@require_GET
@needs("definitions.read")
def review(request: HttpRequest, number: int) -> HttpResponse:
    return _review(request, number)


def _review(request: HttpRequest, number: int, status: int = 200, **forms: Any) -> HttpResponse:
    on = timezone.localdate()
    context = {
        "review": queries.review(actor_of(request), number, on),
        "words": WORDS,
        "approve_form": ApproveForm(initial={"effective_from": on}),
        "return_form": ReturnForm(),
        **forms,
    }
    return render(request, "workshop/review.html", context, status=status)


@require_POST
@needs("definitions.edit")
def simulate(request: HttpRequest, number: int) -> HttpResponse:
    actor = actor_of(request)
    work = actions.simulate(kept.draft(actor, number), by=actor, on=timezone.localdate())
    return redirect("work", work.pk)


@require_POST
@needs("definitions.edit")
def submit(request: HttpRequest, number: int) -> HttpResponse:
    actor = actor_of(request)
    version = kept.draft(actor, number)
    definitions.submit(version, by=actor, on=timezone.localdate(), at=timezone.now())
    messages.success(request, "已提交，等待另一位审核人批准。")
    return redirect("workshop-review", number)


@require_POST
@needs("definitions.approve")
def approve(request: HttpRequest, number: int) -> HttpResponse:
    """Publish now or on a later day."""
    actor, on = actor_of(request), timezone.localdate()
    form = ApproveForm(request.POST)
    if not form.is_valid():
        return _review(request, number, 422, approve_form=form)
    version = kept.draft(actor, number)
    start = form.cleaned_data["effective_from"]
    definitions.approve(version, start, by=actor, on=on, at=timezone.now())
    now = "今天起" if start == on else f"{start:%Y年%m月%d日}起"
    messages.success(request, f"已批准，{now}{'废止' if version.retires else '施行'}。")
    return redirect("workshop-review", number)


@require_POST
@needs("definitions.approve")
def send_back(request: HttpRequest, number: int) -> HttpResponse:
    actor = actor_of(request)
    form = ReturnForm(request.POST)
    if not form.is_valid():
        return _review(request, number, 422, return_form=form)
    version = kept.draft(actor, number)
    reason, on = form.cleaned_data["reason"], timezone.localdate()
    definitions.send_back(version, reason, by=actor, on=on, at=timezone.now())
    messages.success(request, "已退回。")
    return redirect("workshop-review", number)


@require_POST
@needs("definitions.edit")
def discard(request: HttpRequest, number: int) -> HttpResponse:
    actor = actor_of(request)
    version = kept.draft(actor, number)
    definitions.discard(version, by=actor, on=timezone.localdate(), at=timezone.now())
    messages.success(request, "已放弃这一稿，它仍留在记录里。")
    return redirect("workshop-policy", version.key)


def _trial_columns(changes: bool) -> list[Column]:
    columns = [
        Column("分组", lambda row: row["dimension"]),
        Column("", lambda row: row["group"]),
        Column("符合", lambda row: row["eligible"], "integer"),
        Column("待定", lambda row: row["undetermined"], "integer"),
        Column("不符合", lambda row: row["ineligible"], "integer"),
        Column("金额（元）", lambda row: row["amount"], "money_yuan"),
        Column("金额未知", lambda row: row["amount_unknown"], "integer"),
    ]
    if changes:
        columns += [
            Column("新符合", lambda row: row["newly_eligible"], "integer"),
            Column("不再符合", lambda row: row["no_longer_eligible"], "integer"),
            Column("增加（元）", lambda row: row["gain"], "money_yuan"),
            Column("增加企业", lambda row: row["gain_firms"], "integer"),
            Column("减少（元）", lambda row: row["lose"], "money_yuan"),
            Column("减少企业", lambda row: row["lose_firms"], "integer"),
        ]
    return columns


@require_GET
@needs("definitions.read")
def trial(request: HttpRequest, number: int) -> HttpResponseBase:
    """Whom a draft reaches and what it costs; who gains and who loses."""
    found = queries.trial(actor_of(request), number)
    listing = Listing(
        request,
        Records(queries.trial_rows(found)),
        title=f"模拟结果 {found.version.key}",
        columns=_trial_columns("changes" in found.result),
        filters=TrialFilters,
        order="position",
    )
    charts = queries.trial_charts(found)
    return listing.response("workshop/trial.html", trial=found, charts=charts)


# --- batch runs ----------------------------------------------------------------------------------


@require_GET
@needs("workshop.read_batch")
def batches(request: HttpRequest) -> HttpResponseBase:
    rows = queries.batches(actor_of(request))
    listing = Listing(request, rows, title="批量测算", columns=BATCH_COLUMNS, order="-created_at")
    return listing.response("workshop/batches.html")


@require_POST
@needs("workshop.run_batch")
def run_batch(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    work = actions.run_batch(by=actor, on=timezone.localdate(), at=timezone.now())
    return redirect("work", work.pk)


@require_GET
@needs("workshop.read_batch")
def batch(request: HttpRequest, number: int) -> HttpResponseBase:
    """What every policy comes to, with a chart of the largest."""
    actor = actor_of(request)
    run = queries.batch(actor, number)
    rows = queries.totals(actor, run)
    listing = Listing(
        request, Records(rows), title="批量测算合计", columns=TOTAL_COLUMNS, order="position"
    )
    return listing.response("workshop/batch.html", run=run, charts=queries.batch_charts(rows))


@require_GET
@needs("workshop.read_batch")
def batch_rows(request: HttpRequest, number: int) -> HttpResponseBase:
    """Firm, policy, answer, amount."""
    actor = actor_of(request)
    run = queries.batch(actor, number)
    listing = Listing(
        request,
        queries.answers(actor, run),
        title="批量测算结果",
        columns=ANSWER_COLUMNS,
        filters=partial(AnswerFilters, policies=queries.policies_of(run), area=actor.area),
        order="policy",
    )
    return listing.response("workshop/batch_rows.html", run=run)
