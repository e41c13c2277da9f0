"""Scopes 数据范围: one a data set; services declare them, a client is given some of them."""

from __future__ import annotations

from typing import Any

from oauth2_provider.scopes import BaseScopes

from huiqi.kernel.registry import services


def all_scopes() -> dict[str, str]:
    """Scope → what it lets a client do, in words."""
    return {key: title for service in services() for key, title in service.scopes.items()}


class GrantedScopes(BaseScopes):  # type: ignore[misc]  # the toolkit ships no types
    """What django-oauth-toolkit asks: a client may have the scopes it was given, and no others."""

    def get_all_scopes(self) -> dict[str, str]:
        return all_scopes()

    def get_available_scopes(self, application: Any = None, *_: Any, **__: Any) -> list[str]:
        machine = getattr(application, "machine", None)
        if machine is None or machine.revoked_at is not None:
            return []
        return [scope for scope in machine.scopes if scope in all_scopes()]

    def get_default_scopes(self, application: Any = None, *_: Any, **__: Any) -> list[str]:
        return self.get_available_scopes(application)
