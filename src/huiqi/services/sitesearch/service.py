"""搜索: one box on every page that finds policies and whatever else services make findable."""

from datetime import timedelta

from huiqi.kernel.registry import Schedule, Service

SERVICE = Service(
    name="sitesearch",
    title="搜索",
    order=99,
    urls="huiqi.services.sitesearch.urls",
    handlers={
        "policies.published": ("huiqi.services.sitesearch.tasks.policies_changed",),
        "policies.retired": ("huiqi.services.sitesearch.tasks.policies_changed",),
    },
    schedules=(
        Schedule(
            "search.refresh",
            "更新搜索索引",
            "huiqi.services.sitesearch.tasks.refresh",
            every=timedelta(hours=1),
        ),
    ),
    demo="huiqi.services.sitesearch.tasks.refresh_now",
)
