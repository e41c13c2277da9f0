"""Pages of the self-check. A visitor's answers are in the address; the server keeps nothing."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from huiqi.kernel.access import actor_of, everyone, needs
from huiqi.kernel.errors import NotFound
from huiqi.rules.vocabulary import FactDefinition
from huiqi.services.selfcheck import actions, queries
from huiqi.services.selfcheck.forms import ScreenForm, skipped
from huiqi.services.selfcheck.rules import MOST, Answers


@require_GET
@everyone
def start(request: HttpRequest) -> HttpResponse:
    """What it is; ``?policy=`` narrows it to one."""
    key, on = request.GET.get("policy", ""), timezone.localdate()
    policy = queries.policy(key, on) if key else None
    context = {"policy": policy, "begin": _address("step", Answers(policy=key)), "most": MOST}
    return render(request, "selfcheck/start.html", context)


@require_http_methods(["GET", "POST"])
@everyone
def step(request: HttpRequest) -> HttpResponse:
    """One page of questions; answering it leads to the next one or to the result."""
    given = request.POST if request.method == "POST" else request.GET
    answers, on = queries.answers(given.get("s", "")), timezone.localdate()
    screen = queries.screen(answers, given.get("q", ""), on)
    if screen is None:
        return redirect(_address("result", answers))
    form = ScreenForm(screen, answers, request.POST or None)
    if "skip" in request.POST:
        return redirect(_onwards(skipped(screen, answers), screen.key, given.get("to", "")))
    if form.is_bound and not form.looks_up and form.is_valid():
        return redirect(_onwards(form.answered(answers), screen.key, given.get("to", "")))
    return render(request, "selfcheck/step.html", _step_context(form, answers, given.get("to", "")))


@require_GET
@everyone
def result(request: HttpRequest) -> HttpResponse:
    """What the answers come to; the address can be given to others."""
    answers, on = queries.answers(request.GET.get("s", "")), timezone.localdate()
    context = {
        "findings": queries.findings(answers, on, lambda fact: _asking(answers, fact)),
        "told": [_told(answers, key) for key in answers.asked],
        "answers": answers,
        "token": queries.token(answers),
        "more": _address("step", answers) if queries.screen(answers, "", on) else "",
        "all_open": "print" in request.GET or bool(answers.policy),
    }
    return render(request, "selfcheck/result.html", context)


@require_http_methods(["GET", "POST"])
@needs("facts.declare")
def save(request: HttpRequest) -> HttpResponse:
    """Take the answers into the firm's file, after showing what that changes."""
    given = request.POST if request.method == "POST" else request.GET
    actor, on = actor_of(request), timezone.localdate()
    answers = queries.answers(given.get("s", ""))
    if request.method == "POST":
        count = actions.save(answers, by=actor, on=on)
        messages.success(request, f"已存入企业档案：{count} 项，记为企业填报。")
        return redirect("my-entitlements")
    enterprise, changes = queries.differences(actor, answers, on)
    context = {"enterprise": enterprise, "changes": changes, "token": queries.token(answers)}
    return render(request, "selfcheck/save.html", context)


def _onwards(answers: Answers, page: str, to: str) -> str:
    """After a page: to the result if one came from there, the next page seen before, or a new."""
    following = answers.asked[answers.asked.index(page) + 1 :]
    asked = len(answers.asked)
    if to == "result":
        return _address("result", answers)
    if following:
        return _address("step", answers, q=following[0])
    if asked >= MOST and asked % (MOST // 2) == 0:
        return _address("result", answers)
    return _address("step", answers)


def _address(page: str, answers: Answers, **more: str) -> str:
    return f"{reverse(f'selfcheck-{page}')}?{urlencode({'s': queries.token(answers), **more})}"


def _asking(answers: Answers, fact: FactDefinition) -> str:
    return _address("step", answers, q=queries.page_of(fact), to="result")


def _step_context(form: ScreenForm, answers: Answers, to: str) -> dict[str, object]:
    key, asked = form.screen.key, answers.asked
    place = asked.index(key) if key in asked else len(asked)
    on = timezone.localdate()
    counts = [found.state for found in queries.check(answers, on).determinations(answers)]
    return {
        "form": form,
        "screen": form.screen,
        "token": queries.token(answers),
        "to": to,
        "number": place + 1,
        "most": MOST,
        "back": _address("step", answers, q=asked[place - 1]) if place else "",
        "result": _address("result", answers) if asked else "",
        "settled": sum(state != 1 for state in counts),
        "eligible": sum(state == 3 for state in counts),
        "policies": len(counts),
    }


def _told(answers: Answers, page: str) -> tuple[str, list[str], str]:
    """A page answered before: question, answers in words, where to change them."""
    screen = queries.questions().screen(page)
    if screen is None:
        raise NotFound("没有这一题。")
    return (
        screen.question,
        queries.words(screen, answers),
        _address("step", answers, q=page, to="result"),
    )
