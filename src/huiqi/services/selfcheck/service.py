"""政策自测: what a firm is entitled to and why, without an account."""

from huiqi.kernel.registry import MenuEntry, Service

SERVICE = Service(
    name="selfcheck",
    title="政策自测",
    order=10,
    urls="huiqi.services.selfcheck.urls",
    menu=(
        MenuEntry(
            "政策自测",
            "selfcheck-start",
            kinds=("visitor", "user", "enterprise", "institution"),
            order=10,
            summary="不用注册，最多 8 题，看看符合哪些政策、能得多少、还差什么。",
        ),
    ),
)
