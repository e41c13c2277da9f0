"""Oversight 审计监督: who did what, to what, on what basis; and whether the record is whole."""

from datetime import timedelta

from huiqi.kernel.registry import MenuEntry, Schedule, Service

SERVICE = Service(
    name="oversight",
    title="审计监督",
    order=80,
    urls="huiqi.services.oversight.urls",
    menu=(
        MenuEntry(
            "操作记录",
            "audit-events",
            "audit.read",
            order=12,
            summary="谁在什么时候对什么做了什么、改动前后、依据；只读。",
        ),
        MenuEntry(
            "记录核验",
            "audit-chain",
            "audit.read",
            order=14,
            summary="记录按批封存、前后相连，有没有被改动一查便知。",
        ),
    ),
    schedules=(
        Schedule(
            "audit.seal",
            "封存操作记录",
            "huiqi.services.oversight.tasks.seal",
            timedelta(minutes=10),
        ),
    ),
)
