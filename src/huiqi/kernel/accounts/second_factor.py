"""The second factor 第二重验证: officials need one before they can do anything."""

from __future__ import annotations

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings

from huiqi.kernel.access import Actor
from huiqi.kernel.accounts.models import User

KINDS = ("office", "auditor", "administrator", "institution")
"""Actors who see what isn't theirs."""


def is_missing(actor: Actor, user: User) -> bool:
    """Whether this person must set up a second factor first; never in the demonstration."""
    if settings.HUIQI_DEMO or actor.kind not in KINDS:
        return False
    return not is_mfa_enabled(user)
