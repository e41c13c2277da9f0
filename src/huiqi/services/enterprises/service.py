"""Enterprises 企业库 (article 2): one file a firm, its size year by year, firms in numbers."""

from huiqi.kernel.registry import MenuEntry, Permission, SearchKind, Service
from huiqi.kernel.roles import ENTERPRISE_ROLES, READERS

SERVICE = Service(
    name="enterprises",
    title="企业库",
    order=30,
    urls="huiqi.services.enterprises.urls",
    permissions=(
        Permission("enterprises.list", "查看企业名录", READERS),
        Permission("enterprises.own", "查看本企业档案", ENTERPRISE_ROLES),
        Permission("enterprises.certify", "出具本企业的划型证明", ENTERPRISE_ROLES),
    ),
    menu=(
        MenuEntry(
            "我的企业",
            "enterprise-own",
            "enterprises.own",
            order=10,
            summary="企业档案：登记信息、经营数据、规模、资质，谁看过。",
        ),
        MenuEntry(
            "企业库",
            "enterprises",
            "enterprises.list",
            order=30,
            summary="本辖区的企业：查找、筛选、导出，查看档案。",
        ),
        MenuEntry(
            "企业分布",
            "enterprise-statistics",
            order=70,
            summary="各县、各规模、各行业有多少企业：图、地图和表。",
        ),
    ),
    handlers={"facts.changed": ("huiqi.services.enterprises.tasks.facts_changed",)},
    search=(
        SearchKind(
            "enterprise",
            "企业",
            "enterprise",
            "huiqi.kernel.parties.finding.findable",
            visible="huiqi.kernel.parties.finding.found",
        ),
    ),
    duties={
        "2.1": ("huiqi.services.enterprises.queries.evidence_of_areas",),
        "2.2": ("huiqi.services.enterprises.queries.evidence_of_sizes",),
    },
)
