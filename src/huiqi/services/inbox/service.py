"""消息: what a person was told, and how they want to be told."""

from datetime import timedelta

from huiqi.kernel.registry import Schedule, Service

SERVICE = Service(
    name="inbox",
    title="消息",
    urls="huiqi.services.inbox.urls",
    schedules=(
        Schedule(
            "notices.sweep",
            "发送到期的提醒、汇总和需要重试的通知",
            "huiqi.kernel.notices.tasks.sweep",
            every=timedelta(minutes=1),
        ),
    ),
)
