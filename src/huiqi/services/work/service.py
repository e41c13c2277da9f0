"""后台任务: how far long work is, and its result."""

from huiqi.kernel.registry import MenuEntry, Service

SERVICE = Service(
    name="work",
    title="后台任务",
    order=90,
    urls="huiqi.services.work.urls",
    menu=(
        MenuEntry("我的任务", "my-work", kinds=("office", "auditor"), place="footer"),
        MenuEntry(
            "后台任务",
            "all-work",
            "jobs.manage",
            order=90,
            summary="哪些任务在做、做到哪里、为什么没有完成。",
        ),
    ),
)
