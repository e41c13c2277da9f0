"""Pages of signing in and out."""

from __future__ import annotations

from django.contrib import auth
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from huiqi.kernel.access import everyone
from huiqi.services.account import queries
from huiqi.web.views import next_address


@require_GET
@everyone
def login(request: HttpRequest) -> HttpResponse:
    people = queries.demo_people()
    return render(request, "account/login.html", {"people": people, "next": next_address(request)})


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
