"""What the platform does differently from django-allauth's usual way."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.http import HttpRequest, HttpResponse

from huiqi.kernel.accounts.models import User
from huiqi.kernel.accounts.sessions import end_oldest


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """Sign-in by password."""

    def post_login(self, request: HttpRequest, user: User, **options: Any) -> HttpResponse:
        end_oldest(user)
        response: HttpResponse = super().post_login(request, user, **options)
        return response

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Notices of the platform go through its own outbox; accounts send none."""


class IdentityAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]  # as above
    """Sign-in through the identity service 统一身份认证 (OpenID Connect)."""

    def populate_user(self, request: HttpRequest, sociallogin: Any, data: dict[str, Any]) -> User:
        claims = sociallogin.account.extra_data
        claims = claims.get("userinfo", claims)
        user: User = super().populate_user(request, sociallogin, data)
        user.username = f"{sociallogin.account.provider}-{sociallogin.account.uid}"[:150]
        user.name = str(claims.get("name") or claims.get("nickname") or user.username)[:100]
        # Known here by the subject alone: an address claimed elsewhere proves nothing.
        user.email = ""
        sociallogin.email_addresses = []
        return user

    def is_auto_signup_allowed(self, request: HttpRequest, sociallogin: Any) -> bool:
        del request  # the service has said who it is; nothing more to ask
        sociallogin.email_addresses = []
        return True
