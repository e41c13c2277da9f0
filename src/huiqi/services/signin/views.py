"""Pages of signing in and out and of one's own account; most are django-allauth's, in our dress."""

from __future__ import annotations

from functools import wraps
from typing import Any

from allauth.account.views import LoginView
from django.contrib import auth, messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from huiqi.kernel.access import View, actor_of, everyone, signed_in
from huiqi.kernel.errors import NotAllowed
from huiqi.services.signin import queries
from huiqi.web.views import next_address


class Login(LoginView):  # type: ignore[misc]  # allauth ships no types
    """By user name and password; the identity service; in the demonstration by one click."""

    template_name = "account/login.html"

    def get_context_data(self, **options: Any) -> dict[str, Any]:
        found: dict[str, Any] = super().get_context_data(**options)
        found["people"] = queries.demo_people()
        found["identity_service"] = queries.identity_service()
        found["next"] = next_address(self.request)
        return found


login = everyone(Login.as_view())


@require_POST
@everyone
def demo_login(request: HttpRequest) -> HttpResponse:
    """One click, in the demonstration only: elsewhere there is nobody to sign in as."""
    user = queries.demo_person(request.POST.get("username", ""))
    auth.login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    return redirect(next_address(request))


@require_POST
@everyone
def logout(request: HttpRequest) -> HttpResponse:
    auth.logout(request)
    return redirect("home")


def own_account(view: View) -> View:
    """Not for accounts of the demonstration, which everybody shares."""

    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if getattr(request.user, "is_demo", False):
            raise NotAllowed("演示账号由大家共用，不能改。", "请注册自己的账号来试。")
        return view(request, *args, **kwargs)

    return signed_in(checked)  # type: ignore[return-value]  # same signature


def own_password(view: View) -> View:
    """Only where there is a password: whoever comes from the identity service has none here."""

    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not getattr(request.user, "has_usable_password", bool)():
            raise NotAllowed("这个账号没有密码。", "请用原来的方式登录。")
        return view(request, *args, **kwargs)

    return own_account(checked)  # type: ignore[return-value]  # same signature


@require_GET
@signed_in
def account(request: HttpRequest) -> HttpResponse:
    """One's own account: password, second factor, sessions."""
    context = {"sessions": queries.sessions(actor_of(request))}
    return render(request, "account/account.html", context)


@require_POST
@signed_in
def end_session(request: HttpRequest, pk: int) -> HttpResponse:
    queries.session(actor_of(request), pk).end()
    messages.success(request, "这个登录已经结束。")
    return redirect("account")
