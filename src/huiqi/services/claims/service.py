"""Claiming an enterprise's file 企业认领, and who acts for an enterprise or office."""

from huiqi.kernel.registry import MenuEntry, NoticeKind, Service

SERVICE = Service(
    name="claims",
    title="认领与成员",
    order=35,
    urls="huiqi.services.claims.urls",
    menu=(
        MenuEntry(
            "认领企业",
            "claim-new",
            kinds=("user", "enterprise"),
            order=60,
            summary="证明您是企业的人，就能看到企业档案、办理事项。",
        ),
        MenuEntry(
            "企业认领",
            "claims",
            "parties.confirm_claim",
            order=36,
            summary="核对并确认谁可以代表企业。",
        ),
        MenuEntry(
            "成员",
            "members",
            "parties.manage_members",
            order=61,
            summary="谁可以代表本单位，代办给了谁，到什么时候。",
        ),
    ),
    notices=(NoticeKind("claim", "企业认领结果", required=True),),
    handlers={"claim.decided": ("huiqi.services.claims.tasks.tell",)},
)
