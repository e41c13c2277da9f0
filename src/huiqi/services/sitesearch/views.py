"""The page of results."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from huiqi.kernel.access import actor_of, everyone
from huiqi.kernel.search.tokens import LONGEST_QUERY
from huiqi.services.sitesearch import queries


@require_GET
@everyone
def search(request: HttpRequest) -> HttpResponse:
    """Everything on the site that holds the words and that one may see."""
    query = request.GET.get("q", "").strip()[:LONGEST_QUERY]
    groups = queries.search(actor_of(request), query)
    return render(request, "sitesearch/results.html", {"query": query, "groups": groups})
