"""Signed words for stopping notices without signing in: they allow that and nothing else."""

from __future__ import annotations

from django.core import signing

from huiqi.kernel.errors import Invalid

_SALT = "huiqi.notices.stop"


def stop_token(user_id: int, kind: str) -> str:
    """A signed word that lets its holder stop one kind of notice for one person, nothing else."""
    return signing.dumps([user_id, kind], salt=_SALT, compress=True)


def read_stop_token(token: str) -> tuple[int, str]:
    """The person and the kind. Raises Invalid for a token that was not made here."""
    try:
        user_id, kind = signing.loads(token, salt=_SALT)
    except (signing.BadSignature, ValueError, TypeError):
        raise Invalid("这个退订链接不完整或已失效。", "请登录后在“通知设置”里修改。") from None
    return user_id, kind
