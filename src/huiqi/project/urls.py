"""All addresses: the base pages, then every service's."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from huiqi.api.platform import platform_api
from huiqi.kernel.registry import services

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("huiqi.web.urls")),
    path("api/v1/", platform_api().urls),
    *(path("", include(service.urls)) for service in services() if service.urls),
]

handler404 = "huiqi.web.views.not_found"
handler500 = "huiqi.web.views.failed"
