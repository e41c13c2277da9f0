"""Pages and files of open data."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase, JsonResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from huiqi.api.platform import platform_api
from huiqi.kernel.access import everyone
from huiqi.kernel.errors import NotFound
from huiqi.services.opendata import queries, rules


@require_GET
@everyone
def index(request: HttpRequest) -> HttpResponseBase:
    """All data sets with their dictionaries, and the operations of the API."""
    paths = platform_api().get_openapi_schema()["paths"]
    operations = [
        {"method": method.upper(), "address": address, **operation}
        for address, methods in paths.items()
        for method, operation in methods.items()
    ]
    context = {"sets": queries.DATA_SETS.values(), "operations": operations}
    return render(request, "opendata/index.html", context)


@require_GET
@everyone
def download(_: HttpRequest, key: str, suffix: str) -> HttpResponseBase:
    data = queries.data_set(key)
    rows = data.rows(timezone.localdate())
    if suffix == "json":
        answer = {"title": data.title, "columns": data.columns, "rows": list(rows)}
        return JsonResponse(answer, json_dumps_params={"ensure_ascii": False})
    if suffix != "csv":
        raise NotFound("没有这种格式。", "可以下载 csv 或 json。")
    lines = rules.csv_lines(data.columns, rows)
    return StreamingHttpResponse(
        lines,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{data.key}.csv"'},
    )
