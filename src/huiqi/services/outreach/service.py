"""政策推送: firms that a policy newly fits are told why; officials see how far it reached."""

from huiqi.kernel.registry import MenuEntry, NoticeKind, Permission, Service
from huiqi.kernel.roles import READERS

KIND = "policy"

SERVICE = Service(
    name="outreach",
    title="政策推送",
    order=40,
    urls="huiqi.services.outreach.urls",
    permissions=(Permission("outreach.read", "查看政策推送和触达", READERS),),
    menu=(
        MenuEntry(
            "推送触达",
            "reach",
            permission="outreach.read",
            kinds=("office", "auditor"),
            order=45,
            summary="每项政策推送给了多少企业、多少人读了、多少家办了。",
        ),
    ),
    duties={"8": ("huiqi.services.outreach.queries.evidence",)},
    handlers={"standings.changed": ("huiqi.services.outreach.tasks.standings_changed",)},
    notices=(NoticeKind(KIND, "政策推送：新符合或差一步的政策", frequency="daily"),),
)
