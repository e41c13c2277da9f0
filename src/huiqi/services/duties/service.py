"""The duty register: every duty of the regulation, who has it, which service does it, evidence."""

from huiqi.kernel.registry import MenuEntry, Service

SERVICE = Service(
    name="duties",
    title="条例落实",
    order=80,
    urls="huiqi.services.duties.urls",
    menu=(
        MenuEntry(
            "条例落实",
            "duties",
            order=80,
            summary="条例的每一项职责：谁负责，用什么落实，现在做到哪一步。",
        ),
    ),
)
