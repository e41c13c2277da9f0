"""Kinds of notices: the kernel's own and those that services declare in their manifests."""

from __future__ import annotations

from functools import cache

from huiqi.kernel.registry import NoticeKind, services

KERNEL_KINDS = (
    NoticeKind("account", "账号和身份", required=True),
    NoticeKind("document", "送达文书", required=True, channels=("email", "sms")),
    NoticeKind("work", "后台任务结果"),
    NoticeKind("reminder", "到期提醒"),
)


@cache
def kinds() -> dict[str, NoticeKind]:
    """All kinds by key, the kernel's first."""
    declared = [*KERNEL_KINDS, *(kind for service in services() for kind in service.notices)]
    return {kind.key: kind for kind in declared}


def kind(key: str) -> NoticeKind:
    """Raises LookupError for a kind that nobody declared."""
    try:
        return kinds()[key]
    except KeyError:
        raise LookupError(f"no service declares notices of kind {key!r}") from None
