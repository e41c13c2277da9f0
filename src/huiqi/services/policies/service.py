"""The policy library 政策库 (articles 8 and 9): find a policy, read it, follow it."""

from huiqi.kernel.registry import HomeSection, MenuEntry, SearchKind, Service

SERVICE = Service(
    name="policies",
    title="政策库",
    order=20,
    urls="huiqi.services.policies.urls",
    menu=(
        MenuEntry(
            "政策库",
            "policies",
            order=20,
            summary="国家到本地的惠企政策：给谁、给多少、到什么时候、怎么办、问谁。",
        ),
        MenuEntry(
            "申报日历",
            "policy-calendar",
            order=22,
            summary="什么时候能申报、什么时候到期，可以订阅到手机日历。",
        ),
    ),
    home=(
        HomeSection(
            "policies/home.html",
            "huiqi.services.policies.queries.at_home",
            ("visitor", "user", "enterprise"),
        ),
    ),
    search=(SearchKind("policy", "政策", "policy", "huiqi.services.policies.queries.findable"),),
    duties={
        "8": ("huiqi.services.policies.queries.evidence",),
        "9.1": ("huiqi.services.policies.queries.evidence_of_kinds",),
    },
)
