"""Accounts as their own people see them."""

from __future__ import annotations

from typing import Any

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.db.models import QuerySet

from huiqi.kernel.access import Actor
from huiqi.kernel.accounts.models import User
from huiqi.kernel.errors import NotFound


def demo_people() -> QuerySet[User]:
    """Accounts for one-click sign-in: none outside the demonstration."""
    if not settings.HUIQI_DEMO:
        return User.objects.none()
    return User.objects.filter(is_demo=True, is_active=True).order_by("pk")


def demo_person(username: str) -> User:
    """Raises NotFound."""
    try:
        return demo_people().get(username=username)
    except User.DoesNotExist:
        raise NotFound("没有这个演示账号。", "请从登录页选择。") from None


def identity_service() -> str:
    """What the identity service is called; nothing where there is none."""
    providers: dict[str, Any] = settings.SOCIALACCOUNT_PROVIDERS
    apps = providers.get("openid_connect", {}).get("APPS", [])
    return str(apps[0]["name"]) if apps else ""


def sessions(actor: Actor) -> Any:
    """One's own sessions that still live, the newest first."""
    own = UserSession.objects.filter(user_id=actor.account_id).order_by("-last_seen_at")
    return [session for session in own if not session.purge()]


def session(actor: Actor, pk: int) -> UserSession:
    """Raises NotFound."""
    try:
        return UserSession.objects.get(user_id=actor.account_id, pk=pk)
    except UserSession.DoesNotExist:
        raise NotFound("没有这个登录。", "它可能已经结束。") from None
