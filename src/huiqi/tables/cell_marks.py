"""What the workbook parser does not tell about cells, gathered from the file itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol


@dataclass(slots=True)
class Marks:
    """Rows and columns from 0: failed formulas with their error, and percent-formatted numbers."""

    errors: dict[int, list[tuple[int, str]]] = field(default_factory=dict)
    percents: dict[int, list[int]] = field(default_factory=dict)


class WorkbookMarks(Protocol):
    """Marks of every sheet of one workbook."""

    @property
    def from_1904(self) -> bool:
        """Whether serial dates count from 1904-01-01."""

    def sheet(self, name: str) -> Marks:
        """Marks of one sheet; empty where they cannot be told."""


def is_percent_format(code: str) -> bool:
    """Whether a number format shows a percentage: a % outside quotes and escapes."""
    quoted = escaped = False
    for character in code:
        if escaped:
            escaped = False
        elif character in "\\_*":
            escaped = True
        elif character == '"':
            quoted = not quoted
        elif character == "%" and not quoted:
            return True
    return False


BUILT_IN_PERCENTS = frozenset({9, 10})
