"""What is done again and again for the record."""

from __future__ import annotations

from datetime import datetime

from huiqi.kernel.audit import sealing
from huiqi.kernel.audit.anchors import anchor, usual_anchor


def seal(at: datetime) -> None:
    """Seal the events so far and add the seals to the anchor file."""
    sealing.seal(at=at)
    anchor(usual_anchor())
