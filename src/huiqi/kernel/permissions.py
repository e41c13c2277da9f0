"""Permissions of the kernel itself: parties, facts, imports, audit."""

from __future__ import annotations

from huiqi.kernel.registry import Permission
from huiqi.kernel.roles import DECIDERS, ENTERPRISE_ROLES, OFFICIALS, OVERSEERS, READERS

KERNEL_PERMISSIONS = (
    Permission("parties.confirm_claim", "确认企业认领", ("supervisor", "head")),
    Permission("parties.manage_members", "管理本单位成员", ("owner", "head")),
    Permission("facts.declare", "填报本企业信息", ENTERPRISE_ROLES),
    Permission("facts.import", "导入企业数据", OFFICIALS),
    Permission("facts.read", "查看企业信息", (*ENTERPRISE_ROLES, *OFFICIALS, *OVERSEERS)),
    Permission("standings.mark", "标记政策办理情况", ENTERPRISE_ROLES),
    Permission("definitions.read", "查看政策草稿", READERS),
    Permission("definitions.edit", "编写政策", OFFICIALS),
    Permission("definitions.approve", "审核发布政策", DECIDERS),
    Permission("audit.read", "查看操作记录", OVERSEERS),
    Permission("accounts.manage", "管理账号", ("administrator",)),
    Permission("jobs.manage", "查看后台任务", ("administrator",)),
)
