"""Background work of the definitions."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from huiqi.kernel.definitions import actions


def announce(on: datetime) -> int:
    """Versions approved for a later day take effect on it: the services hear of it then."""
    return actions.announce(on=timezone.localdate(on), at=on)
