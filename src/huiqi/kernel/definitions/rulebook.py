"""The rules in force: the definition files of the jurisdiction, and what officials published.

Loaded once a process. Each request and each background task looks once whether something has been
published since (one query, made only when rules are asked for) and keeps the same rules to its end.
"""

from __future__ import annotations

from contextvars import ContextVar
from functools import cache
from typing import Any

from django.conf import settings

from huiqi.paths import jurisdictions
from huiqi.rules.codes import CodeTree
from huiqi.rules.jurisdiction import Jurisdiction, load_jurisdiction


@cache
def shipped() -> Jurisdiction:
    """The jurisdiction as its files say. Raises DefinitionError."""
    return load_jurisdiction(jurisdictions(), settings.HUIQI_JURISDICTION)


_may_be_old: ContextVar[bool] = ContextVar("rulebook_may_be_old", default=False)
_current: list[tuple[tuple[Any, ...], Jurisdiction]] = []
"""At most one: the stamp and the rules made for it."""


def rulebook() -> Jurisdiction:
    """The jurisdiction as it applies here: published versions laid over the files."""
    if _may_be_old.get():
        _renew()
        _may_be_old.set(False)
    return _current[0][1] if _current else shipped()


def look_again() -> None:
    """Something may have been published: the next ``rulebook()`` here looks."""
    _may_be_old.set(True)


def forget() -> None:
    """Back to the files alone, until the next look."""
    _current.clear()
    _may_be_old.set(False)


def _renew() -> None:
    from huiqi.kernel.definitions import published  # models, which need Django to be up

    stamp = published.stamp()
    if not _current or _current[0][0] != stamp:
        # One assignment: another thread sees the old rules or the new, never none.
        _current[:] = [(stamp, published.overlaid(shipped()))]


def areas() -> CodeTree:
    return shipped().vocabulary.trees["area"]


def industries() -> CodeTree:
    return shipped().vocabulary.trees["industry"]


def area_name(code: str) -> str:
    """The name of an area; a code that no table has stands for itself."""
    return areas().name(code) if code in areas() else code


def industry_name(code: str) -> str:
    return industries().name(code) if code in industries() else code
