"""Accounts as the sign-in page needs them."""

from __future__ import annotations

from django.conf import settings
from django.db.models import QuerySet

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
