"""Anchors 存证: the hashes of the seals in a file outside the database, to be kept elsewhere.

Whoever could rewrite the whole database could compute the chain anew; a copy of this file on
another machine, or printed, shows that they did.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from huiqi.kernel.audit.models import Seal


def usual_anchor() -> Path:
    """The file that every sealing adds to."""
    folder: Path = settings.HUIQI_DATA
    return folder / "anchors" / "audit.txt"


def anchor(path: Path) -> int:
    """Add a line for each seal that the file does not have; returns how many.

    A line: time of the seal, its number, its hash. Raises OSError.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    known = max((number for number, _ in read_anchors(path)), default=0) if path.exists() else 0
    added = 0
    with path.open("a", encoding="ascii") as file:
        seals = Seal.objects.filter(number__gt=known).order_by("number")
        for seal in seals.defer("marks").iterator():
            moment = timezone.localtime(seal.sealed_at).isoformat(timespec="seconds")
            file.write(f"{moment} {seal.number} {seal.hash}\n")
            added += 1
        file.flush()
        os.fsync(file.fileno())
    return added


def read_anchors(path: Path) -> Iterator[tuple[int, str]]:
    """Number and hash of each line. Raises OSError, or ValueError for a line of another form."""
    for place, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip():
            continue
        parts = line.split()
        if len(parts) != 3 or not parts[1].isdigit():
            raise ValueError(f"{path}:{place}: 不是存证行（时间 封存号 散列值）")
        yield int(parts[1]), parts[2]
