"""Base pages: home, statement, errors, choice of role, larger print."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from huiqi.kernel.access import actor_of, everyone, signed_in
from huiqi.kernel.definitions.rulebook import shipped
from huiqi.kernel.errors import HuiqiError, Invalid, NotAllowed, NotFound
from huiqi.web.context import LARGE_PRINT, home_sections
from huiqi.web.fact_fields import candidates
from huiqi.web.middleware import ACTING, error_response

_YEAR = 365 * 24 * 3600


@require_GET
@everyone
def home(request: HttpRequest) -> HttpResponse:
    """The entrance, by kind of user."""
    sections = home_sections(actor_of(request), timezone.localdate())
    return render(request, "web/home.html", {"sections": sections})


@require_GET
@everyone
def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "web/accessibility.html")


@require_POST
@signed_in
def act_as(request: HttpRequest) -> HttpResponse:
    """Change the role one acts in."""
    chosen = request.POST.get("membership", "")
    held = {str(one.pk) for one in getattr(request, "memberships", [])}
    if chosen not in held:
        raise Invalid("这个身份已经不能用了。", "请从列表中另选一个。")
    request.session[ACTING] = int(chosen)
    return redirect("home")


@require_POST
@everyone
def choose_code(request: HttpRequest, tree: str) -> HttpResponse:
    """The entries of a code table that a text may mean, as radio buttons; a fragment."""
    trees = shipped().vocabulary.trees
    if tree not in trees:
        raise NotFound("没有这张代码表。")
    name = request.POST.get("name", "")
    text = request.POST.get(name, "")
    context = {"name": name, "text": text, "options": candidates(trees[tree], text)}
    return render(request, "web/tree_choices.html", context)


@require_POST
@everyone
def print_size(request: HttpRequest) -> HttpResponse:
    """Larger or normal letters, kept in a cookie; back to where one was."""
    response = redirect(next_address(request))
    large = request.POST.get("large") == "1"
    response.set_cookie(LARGE_PRINT, "1" if large else "0", max_age=_YEAR, samesite="Lax")
    return response


def next_address(request: HttpRequest) -> str:
    """Where to go on, never off this site."""
    wanted = request.POST.get("next") or request.GET.get("next") or "/"
    safe = url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()})
    return wanted if safe else "/"


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    del exception  # it may name what the asker must not know
    return error_response(request, NotFound("没有这个页面。", "请检查网址，或者从首页重新进入。"))


def failed(request: HttpRequest) -> HttpResponse:
    return error_response(
        request,
        HuiqiError("系统出了错，不是您的问题。", "请稍后再试；还是不行，请把请求编号告诉我们。"),
    )


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    del reason  # for developers
    return error_response(
        request, NotAllowed("这个页面打开得太久了，没有提交。", "请返回上一页，刷新后再提交一次。")
    )
