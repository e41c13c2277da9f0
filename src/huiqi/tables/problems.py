"""What is wrong in a table, told so that the person who filled it in can put it right."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Literal, NamedTuple

Severity = Literal["error", "warning"]


class Note(NamedTuple):
    """What is to be said about one cell, wherever it stands."""

    kind: str
    """Short English name of the mistake; problems are counted by kind and column."""

    severity: Severity
    message: str
    advice: str

    @classmethod
    def error(cls, kind: str, message: str, advice: str) -> Note:
        return cls(kind, "error", message, advice)

    @classmethod
    def warning(cls, kind: str, message: str, advice: str) -> Note:
        return cls(kind, "warning", message, advice)


def formula_error(shown: str = "") -> Note:
    """A cell whose formula failed, or was never calculated."""
    return Note.error(
        "formula_error",
        f"单元格里的公式出错或没有算出结果{f'（{shown}）' if shown else ''}",
        "用 Excel 或 WPS 打开，改正公式并保存，或者直接填写",
    )


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake: where it is, what is wrong, what to do."""

    file: str
    sheet: str
    row: int | None
    """1-based as Excel shows it; None when it concerns the whole column or table."""

    column: str
    """Header text."""

    column_letter: str
    field: str
    """Name of the fact; empty when no fact is concerned."""

    value: str
    severity: Severity
    message: str
    advice: str
    kind: str
    refuses_row: bool = False
    """True: the row is not in the result. False: only this fact is unknown, or it was kept."""


class ProblemLog:
    """Problems with bounded memory: so many of a kind and column in full, the rest counted."""

    def __init__(self, keep: int) -> None:
        self._keep = keep
        self.kept: list[Problem] = []
        self.counts: Counter[tuple[str, str]] = Counter()
        """Number of problems by (kind, column header), also those not kept."""

    @property
    def left_out(self) -> int:
        """Problems counted but not kept."""
        return self.counts.total() - len(self.kept)

    def room(self, kind: str, column: str) -> int:
        """How many more of this kind and column will be kept in full."""
        return max(0, self._keep - self.counts[kind, column])

    def add(self, problem: Problem) -> None:
        if self.room(problem.kind, problem.column):
            self.kept.append(problem)
        self.counts[problem.kind, problem.column] += 1

    def count(self, kind: str, column: str, number: int) -> None:
        """Count problems for which there was no room."""
        if number:
            self.counts[kind, column] += number

    def clear(self) -> None:
        self.kept.clear()
        self.counts.clear()
