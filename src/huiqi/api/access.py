"""Who may use an operation of the API: everybody within a rate, or clients with a scope."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest
from ninja import NinjaAPI
from ninja.security import HttpBearer
from ninja.throttling import SimpleRateThrottle
from oauth2_provider.oauth2_backends import get_oauthlib_core

from huiqi.kernel.access import Actor, actor_of, with_origin
from huiqi.kernel.errors import NotAllowed
from huiqi.kernel.machines.queries import actor_of_client

PUBLIC_RATE = "120/min"
CLIENT_RATE = "1200/min"


class Scope(HttpBearer):
    """Auth of an operation that needs a scope: a client's bearer token that has it (RFC 6750)."""

    def __init__(self, scope: str) -> None:
        super().__init__()
        self.scope = scope

    def authenticate(self, request: HttpRequest, token: str) -> Actor | None:  # noqa: ARG002 - read from the request
        valid, found = get_oauthlib_core().verify_request(request, scopes=[])
        if not valid:
            return None
        machine = actor_of_client(found.client.client_id, list(found.access_token.scopes))
        if machine is None:
            return None
        asked = actor_of(request)
        actor = with_origin(machine, asked.origin, asked.request_number)
        if not actor.may(self.scope):
            raise NotAllowed(
                f"这个客户端没有数据范围“{self.scope}”。", "请联系平台管理员增加数据范围。"
            )
        request.actor = actor  # type: ignore[attr-defined]  # read by ``actor_of``
        return actor


class PerCaller(SimpleRateThrottle):
    """So many requests a minute for each address, or each client with a token."""

    scope = "caller"

    def __init__(self, public: str = PUBLIC_RATE, client: str = CLIENT_RATE) -> None:
        super().__init__(public)
        self.public, self.client = self.parse_rate(public), self.parse_rate(client)

    def get_cache_key(self, request: HttpRequest) -> str:
        actor = actor_of(request)
        machine = actor.role == "machine"
        self.num_requests, self.duration = self.client if machine else self.public
        who = actor.on_behalf + actor.name if machine else self.get_ident(request)
        return f"api-rate:{request.resolver_match.route if request.resolver_match else ''}:{who}"


def operations(api: NinjaAPI) -> Iterator[tuple[str, str, str]]:
    """Every operation: method, address, rule (``everyone`` or ``scope:…``)."""
    for prefix, router in api._routers:
        for address, view in router.path_operations.items():
            for operation in view.operations:
                for method in operation.methods:
                    yield method, f"{prefix}{address}", _rule(operation)


def _rule(operation: Any) -> str:
    scopes = [a.scope for a in operation.auth_callbacks or [] if isinstance(a, Scope)]
    return f"scope:{scopes[0]}" if scopes else "everyone"
