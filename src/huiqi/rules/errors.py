"""What goes wrong with a definition, and where.

Every message names the file and the line and says what would be right.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Problem:
    """One fault in a definition file; prints as ``file:line: message``."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


class DefinitionError(Exception):
    """One or more definition files are wrong; ``problems`` lists every fault found."""

    def __init__(self, problems: Problem | Iterable[Problem]) -> None:
        self.problems = [problems] if isinstance(problems, Problem) else sorted(set(problems))
        super().__init__("\n".join(str(problem) for problem in self.problems))


class ExpressionError(Exception):
    """An expression is wrong; the loader adds file and line and raises DefinitionError."""

    def __init__(self, message: str, column: int | None = None) -> None:
        self.message = message
        self.column = column
        super().__init__(message)

    def described(self) -> str:
        """The message with the place inside the expression, counted in characters from 1."""
        return self.message if self.column is None else f"{self.message}（第 {self.column} 个字）"


class FactError(ValueError):
    """A value does not fit the fact it is given for; the text says what would fit."""


class NotInForce(LookupError):
    """A definition exists, but no edition of it is in force on the date asked for."""
