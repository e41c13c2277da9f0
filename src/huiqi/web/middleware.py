"""The actor of a request, and errors as pages."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import auth, messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from huiqi.kernel.access import VISITOR, Actor, SignInNeeded, actor_of, with_origin
from huiqi.kernel.accounts.second_factor import KINDS, is_missing
from huiqi.kernel.accounts.sessions import saw
from huiqi.kernel.definitions.rulebook import look_again
from huiqi.kernel.errors import HuiqiError
from huiqi.kernel.parties.actors import actor_for
from huiqi.kernel.parties.queries import memberships

ACTING = "acting"
"""Session key: the membership a person has chosen to act in."""

GetResponse = Callable[[HttpRequest], HttpResponseBase]
logger = logging.getLogger(__name__)


class ActorMiddleware:
    """Gives every request a number and an actor."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        number = secrets.token_hex(6)
        look_again()
        request.request_number = number  # type: ignore[attr-defined]  # read by pages and errors
        request.actor = with_origin(  # type: ignore[attr-defined]  # read by ``actor_of``
            self._actor(request), request.META.get("REMOTE_ADDR", ""), number
        )
        response = self.get_response(request)
        response.headers.setdefault("X-Request-Number", number)
        return response

    def _actor(self, request: HttpRequest) -> Actor:
        user = getattr(request, "user", None)
        if user is None or not user.is_authenticated:
            return VISITOR
        if user.is_demo and not settings.HUIQI_DEMO:
            # The demonstration is over: nobody may look signed in on a real server.
            auth.logout(request)
            return VISITOR
        held = list(memberships(user.pk, timezone.localdate()))
        request.memberships = held  # type: ignore[attr-defined]  # for the switch in the header
        return actor_for(user, held, request.session.get(ACTING))


class ErrorMiddleware:
    """Turns the errors of the platform into a page, a fragment or problem+json."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, SignInNeeded):
            return redirect(f"{settings.LOGIN_URL}?{urlencode({'next': request.get_full_path()})}")
        if isinstance(error, HuiqiError):
            return error_response(request, error)
        return None


def error_response(request: HttpRequest, error: HuiqiError) -> HttpResponse:
    """What the asker understands: JSON for programs, a fragment for htmx, else a page."""
    if wants_json(request):
        return JsonResponse(
            problem(request, error), status=error.status, content_type="application/problem+json"
        )
    fragment = bool(getattr(request, "htmx", False)) and not getattr(request.htmx, "boosted", False)  # type: ignore[attr-defined]  # django-htmx
    template = "web/error_fragment.html" if fragment else "web/error.html"
    return render(request, template, {"error": error}, status=error.status)


def wants_json(request: HttpRequest) -> bool:
    return (
        request.path.startswith("/api/")
        or request.get_preferred_type(["text/html", "application/json"]) == "application/json"
    )


def problem(request: HttpRequest, error: HuiqiError) -> dict[str, Any]:
    """RFC 9457."""
    return {
        "type": "about:blank",
        "title": error.title,
        "status": error.status,
        "detail": error.message,
        "advice": error.advice,
        "fields": error.fields,
        "instance": getattr(request, "request_number", ""),
        "actor": actor_of(request).kind,
    }


class SignInRulesMiddleware:
    """Officials need a second factor, and are signed out when they have been idle for long."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        actor = actor_of(request)
        if actor.is_signed_in and self._was_idle(request) and actor.kind in KINDS:
            auth.logout(request)
            messages.warning(request, "您有一段时间没有操作，已自动退出，请重新登录。")
            return redirect(settings.LOGIN_URL)
        return self.get_response(request)

    def _was_idle(self, request: HttpRequest) -> bool:
        now = timezone.now().timestamp()
        seen = request.session.get(SEEN)
        if seen is None or now - seen > _MINUTE:
            request.session[SEEN] = now
            saw(request.session.session_key)
        return seen is not None and now - seen > settings.HUIQI_IDLE.total_seconds()

    def process_view(self, request: HttpRequest, *_: Any) -> HttpResponse | None:
        name = request.resolver_match.url_name if request.resolver_match else ""
        if name in WITHOUT_SECOND_FACTOR or not actor_of(request).is_signed_in:
            return None
        if is_missing(actor_of(request), request.user):  # type: ignore[arg-type]  # signed in: a User
            messages.warning(request, "您的身份需要第二重验证，请先设置。")
            return redirect("mfa_activate_totp")
        return None


SEEN = "seen"
"""Session key: when the person last did something, to the minute."""

_MINUTE = 60
WITHOUT_SECOND_FACTOR = {
    "mfa_index",
    "mfa_activate_totp",
    "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes",
    "mfa_download_recovery_codes",
    "account_reauthenticate",
    "mfa_reauthenticate",
    "account_change_password",
    "logout",
    "print-size",
    "act-as",
}
