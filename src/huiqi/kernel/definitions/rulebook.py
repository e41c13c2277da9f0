"""The rules in force: the definition files of the jurisdiction, and what officials published.

Loaded once a process. Requests and background tasks look whether something has been published since
(one query, made only when rules are asked for, at most one a second) and keep the same rules to
their end.
"""

from __future__ import annotations

from contextvars import ContextVar
from functools import cache
from time import monotonic
from typing import Any

from django.conf import settings

from huiqi.paths import jurisdictions
from huiqi.rules.codes import CodeTree
from huiqi.rules.jurisdiction import Jurisdiction, load_jurisdiction


@cache
def shipped() -> Jurisdiction:
    """The jurisdiction as its files say. Raises DefinitionError."""
    return load_jurisdiction(jurisdictions(), settings.HUIQI_JURISDICTION)


_LOOK_SECONDS = 1.0
"""How long this process may trust its last look; what it publishes itself it knows at once."""

_may_be_old: ContextVar[bool] = ContextVar("rulebook_may_be_old", default=False)


class _Known:
    """What this process knows: the stamp, the rules made for it, when it looked last."""

    book: Jurisdiction | None = None
    stamp: tuple[Any, ...] = ()
    looked_at = 0.0


def rulebook() -> Jurisdiction:
    """The jurisdiction as it applies here: published versions laid over the files."""
    if _may_be_old.get():
        if monotonic() - _Known.looked_at >= _LOOK_SECONDS:
            _renew()
        _may_be_old.set(False)
    return _Known.book or shipped()


def look_again() -> None:
    """A request or a task begins: the next ``rulebook()`` looks, unless somebody just has."""
    _may_be_old.set(True)


def something_published() -> None:
    """The next ``rulebook()`` looks, however new the last look is."""
    _Known.looked_at = 0.0
    look_again()


def forget() -> None:
    """Back to the files alone, until the next look."""
    _Known.book, _Known.looked_at = None, 0.0
    _may_be_old.set(False)


def _renew() -> None:
    from huiqi.kernel.definitions import published  # models, which need Django to be up

    _Known.looked_at = monotonic()
    stamp = published.stamp()
    if _Known.book is None or _Known.stamp != stamp:
        _Known.book, _Known.stamp = published.overlaid(shipped()), stamp


def areas() -> CodeTree:
    return shipped().vocabulary.trees["area"]


def industries() -> CodeTree:
    return shipped().vocabulary.trees["industry"]


def area_name(code: str) -> str:
    """The name of an area; a code that no table has stands for itself."""
    return areas().name(code) if code in areas() else code


def industry_name(code: str) -> str:
    return industries().name(code) if code in industries() else code
