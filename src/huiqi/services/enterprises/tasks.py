"""What is done when something has happened elsewhere."""

from __future__ import annotations

from django.utils import timezone

from huiqi.services.enterprises import actions


def facts_changed(enterprise_id: int, keys: list[str]) -> None:
    """Certificates that rest on what has changed no longer hold."""
    actions.end_outdated(enterprise_id, keys, on=timezone.localdate())
