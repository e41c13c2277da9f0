"""Sessions 登录: how many a person has, and when each was last used."""

from __future__ import annotations

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.utils import timezone

from huiqi.kernel.accounts.models import User


def end_oldest(user: User) -> None:
    """Leave room for one more session."""
    sessions = UserSession.objects.filter(user=user).order_by("-last_seen_at", "-pk")
    for session in sessions[settings.HUIQI_SESSIONS - 1 :]:
        session.end()


def saw(session_key: str | None) -> None:
    """Note that a session is being used; callers ask once a minute, not with every request."""
    UserSession.objects.filter(session_key=session_key).update(last_seen_at=timezone.now())
