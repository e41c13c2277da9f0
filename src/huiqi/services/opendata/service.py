"""Open data and the public part of the API: policies, determinations, sizes, codes."""

from huiqi.kernel.registry import MenuEntry, Service

SERVICE = Service(
    name="opendata",
    title="开放数据",
    order=90,
    urls="huiqi.services.opendata.urls",
    router="huiqi.services.opendata.api.router",
    menu=(
        MenuEntry(
            "开放数据",
            "open-data",
            order=90,
            summary="政策、代码表和数据字典，可以下载，也有接口。",
        ),
    ),
)
