"""Push follows the standings."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils import timezone

from huiqi.kernel.access import system
from huiqi.services.outreach import actions


def standings_changed(standings: Sequence[int]) -> None:
    actions.push(standings, by=system("政策推送"), on=timezone.localdate(), at=timezone.now())
