"""我的政策: what a firm is entitled to, from its file; what it has changed and why."""

from datetime import timedelta

from huiqi.kernel.registry import MenuEntry, Permission, Schedule, Service
from huiqi.kernel.roles import ENTERPRISE_ROLES, READERS

SERVICE = Service(
    name="entitlements",
    title="我的政策",
    order=12,
    urls="huiqi.services.entitlements.urls",
    permissions=(
        Permission("entitlements.read", "查看企业能享受的政策", (*ENTERPRISE_ROLES, *READERS)),
    ),
    menu=(
        MenuEntry(
            "我的政策",
            "my-entitlements",
            permission="entitlements.read",
            kinds=("enterprise",),
            order=5,
            summary="按企业档案算出：符合哪些政策、能得多少、还差什么。",
        ),
    ),
    handlers={
        "facts.changed": ("huiqi.kernel.standings.tasks.facts_changed",),
        "policies.published": ("huiqi.kernel.standings.tasks.policy_published",),
        "policies.retired": ("huiqi.kernel.standings.tasks.policy_retired",),
        "snapshot.frozen": ("huiqi.kernel.standings.tasks.snapshot_frozen",),
    },
    schedules=(
        Schedule(
            "standings.daily",
            "每天按最新数据重新认定全部企业",
            "huiqi.kernel.standings.tasks.daily",
            every=timedelta(days=1),
        ),
    ),
    demo="huiqi.kernel.standings.demo.fill",
)
