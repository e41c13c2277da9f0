"""Pages of verification, open to all."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from huiqi.kernel.access import everyone
from huiqi.kernel.pdf import queries
from huiqi.services.verify.forms import CodeForm, FileForm


@require_GET
@everyone
def start(request: HttpRequest) -> HttpResponse:
    """Type the code."""
    form = CodeForm(request.GET or None)
    if form.is_valid():
        found = queries.verify(form.cleaned_data["code"], timezone.localdate())
        return redirect("verify", found.code)
    return render(request, "verify/start.html", {"form": form})


@require_http_methods(["GET", "POST"])
@everyone
def document(request: HttpRequest, code: str) -> HttpResponse:
    """What the code stands for; with a file: whether it is the one that was issued."""
    found = queries.verify(code, timezone.localdate())
    form = FileForm(request.POST, request.FILES) if request.method == "POST" else FileForm()
    same = None
    if form.is_valid():
        same = found.is_file(form.cleaned_data["file"].read())
    status = 422 if form.errors else 200
    context = {"found": found, "form": form, "same": same}
    return render(request, "verify/document.html", context, status=status)
