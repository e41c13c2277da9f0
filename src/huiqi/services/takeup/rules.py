"""Dimensions and causes of non-take-up, and what the public may see of small numbers. Pure."""

from __future__ import annotations

DIMENSIONS = {
    "policy": "政策",
    "county": "地区",
    "industry": "行业",
    "size": "规模",
    "cause": "原因",
}

NOT_NEEDED, NO_ACCOUNT, UNREAD, INCOMPLETE, READ, UNKNOWN = (
    "not_needed",
    "no_account",
    "unread",
    "incomplete",
    "read",
    "unknown",
)
CAUSES = {
    NOT_NEEDED: "企业标记不需要",
    NO_ACCOUNT: "平台上没有企业的人",
    UNREAD: "未读通知",
    INCOMPLETE: "资料不全，金额算不出",
    READ: "读了通知，没有办",
    UNKNOWN: "未知，还没有通知过",
}
"""In the order in which they are looked for: the first that applies is the cause."""

SMALL = 5
"""Numbers below are not shown to the public: they could tell who it is."""


def shown(entitled: int, missed: int) -> tuple[int | None, int | None]:
    """Both numbers as the public may see them: none from which a small group could be told."""
    taken = entitled - missed
    if entitled < SMALL:
        return None, None
    if 0 < missed < SMALL or 0 < taken < SMALL:
        return entitled, None
    return entitled, missed
