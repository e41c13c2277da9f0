"""Keeping the index in step with what services say can be found."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone

from huiqi.kernel.registry import resolve, services
from huiqi.kernel.search.index import rebuild


def refresh(at: datetime) -> None:
    """All kinds; what hasn't changed is only looked at."""
    for service in services():
        for kind in service.search:
            rebuild(kind.key, resolve(kind.items)(timezone.localdate(at)))


def refresh_now() -> None:
    refresh(timezone.now())


def policies_changed(**payload: Any) -> None:
    """A policy was published or retired: which one doesn't matter, they are few."""
    del payload
    refresh_now()
