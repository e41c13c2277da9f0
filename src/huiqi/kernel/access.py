"""Who asks, and what they may: the actor of a request, and the access rule of a route.

Fetching is the access check: queries take an ``Actor`` first and return only what it may see;
actions ask ``require``. Every route carries one of the rules below (a test lists all routes).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import wraps
from typing import Any, Literal, TypeVar

from django.http import HttpRequest, HttpResponseBase

from huiqi.kernel.errors import NotAllowed

Kind = Literal[
    "visitor", "user", "enterprise", "office", "institution", "auditor", "administrator", "system"
]
View = TypeVar("View", bound=Callable[..., HttpResponseBase])


@dataclass(frozen=True)
class Actor:
    """A person in one role for one party, at one moment; ``visitor`` and ``system`` are nobody.

    ``user``: signed in, but not (yet) for any party. ``area``: code of the office's area; it sees
    what lies inside. Ids are primary keys.
    """

    kind: Kind
    name: str
    user_id: int | None = None
    membership_id: int | None = None
    role: str = ""
    permissions: frozenset[str] = field(default=frozenset(), repr=False)
    enterprise_id: int | None = None
    office_id: int | None = None
    institution_id: int | None = None
    area: str = ""
    department: str = ""
    on_behalf: str = ""
    """Name of the party acted for, as it goes into the audit record."""

    origin: str = ""
    """Where the request came from: network address, or the name of the job."""

    request_number: str = ""

    def may(self, permission: str) -> bool:
        return permission in self.permissions

    @property
    def is_signed_in(self) -> bool:
        return self.user_id is not None

    @property
    def account_id(self) -> int:
        """Primary key of the account. Raises NotAllowed for visitors, machines and the system."""
        if self.user_id is None:
            raise NotAllowed("这一步要由有账号的人来做。", "请先登录。")
        return self.user_id


VISITOR = Actor("visitor", "访客")


def system(job: str, permissions: frozenset[str] = frozenset()) -> Actor:
    """The platform itself, doing a named job with the permissions that job needs."""
    return Actor("system", "系统", origin=job, permissions=permissions)


def require(actor: Actor, permission: str) -> None:
    """Raises NotAllowed unless the actor holds the permission."""
    from huiqi.kernel.registry import permissions

    if permission not in actor.permissions:
        title = permissions()[permission].title
        raise NotAllowed(
            f"您现在的身份不能“{title}”。",
            "如果您有别的身份，请在页面右上角切换；需要权限的，请联系本单位负责人。",
        )


def with_origin(actor: Actor, origin: str, request_number: str) -> Actor:
    return replace(actor, origin=origin, request_number=request_number)


# --- rules of routes ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Rule:
    """``everyone``, ``signed_in`` or the key of a permission."""

    text: str

    def allows(self, actor: Actor) -> bool:
        if self.text == "everyone":
            return True
        if self.text == "signed_in":
            return actor.is_signed_in
        return actor.may(self.text)


class SignInNeeded(Exception):
    """A visitor asked for a page that needs an account: off to the sign-in page and back."""


def _ruled(rule: Rule) -> Callable[[View], View]:
    def decorate(view: View) -> View:
        @wraps(view)
        def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            actor = actor_of(request)
            if not rule.allows(actor):
                if not actor.is_signed_in:
                    raise SignInNeeded
                require(actor, rule.text)
            return view(request, *args, **kwargs)

        checked.access_rule = rule  # type: ignore[attr-defined]  # read by the test of all routes
        return checked  # type: ignore[return-value]  # same signature

    return decorate


def everyone(view: View) -> View:
    """Route open to all."""
    return _ruled(Rule("everyone"))(view)


def signed_in(view: View) -> View:
    """Route for anyone with an account; the query inside returns only their own."""
    return _ruled(Rule("signed_in"))(view)


def needs(permission: str) -> Callable[[View], View]:
    """Route for holders of a permission."""
    return _ruled(Rule(permission))


def actor_of(request: HttpRequest) -> Actor:
    """The actor the middleware found for this request."""
    actor: Actor = getattr(request, "actor", VISITOR)
    return actor
