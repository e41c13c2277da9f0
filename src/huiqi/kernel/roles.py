"""Roles 角色: what a person is in a party. Which role may do what is declared with permissions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

PartyKind = Literal["enterprise", "office", "institution", "platform"]


@dataclass(frozen=True)
class Role:
    key: str
    title: str
    party: PartyKind


ROLES = {
    role.key: role
    for role in (
        Role("owner", "企业负责人", "enterprise"),
        Role("accountant", "企业财务", "enterprise"),
        Role("agent", "代办人", "enterprise"),
        Role("clerk", "经办人", "office"),
        Role("supervisor", "审核人", "office"),
        Role("head", "单位负责人", "office"),
        Role("auditor", "审计人员", "office"),
        Role("operator", "机构经办人", "institution"),
        Role("administrator", "系统管理员", "platform"),
    )
}

ENTERPRISE_ROLES = ("owner", "accountant", "agent")
OFFICIALS = ("clerk", "supervisor", "head")
DECIDERS = ("supervisor", "head")
OVERSEERS = ("auditor",)
READERS = (*OFFICIALS, *OVERSEERS)
INSTITUTIONS = ("operator",)
