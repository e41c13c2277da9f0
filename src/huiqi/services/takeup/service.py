"""应享未享 (non-take-up): entitled and nothing received; where, who, and why."""

from huiqi.kernel.registry import MenuEntry, Permission, Service
from huiqi.kernel.roles import READERS

SERVICE = Service(
    name="takeup",
    title="应享未享",
    order=42,
    urls="huiqi.services.takeup.urls",
    permissions=(Permission("takeup.read", "查看应享未享", READERS),),
    menu=(
        MenuEntry(
            "应享未享",
            "take-up",
            permission="takeup.read",
            kinds=("office", "auditor"),
            order=46,
            summary="符合条件却没有享受的企业有多少、在哪里、为什么。",
        ),
    ),
)
