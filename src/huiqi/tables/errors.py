"""Why a table as a whole could not be read or written."""

from __future__ import annotations


class TableError(Exception):
    """Nothing was read or written; ``advice`` says what to do."""

    def __init__(self, message: str, advice: str) -> None:
        self.message = message
        self.advice = advice
        super().__init__(f"{message}。{advice}")


class Unreadable(TableError):
    """The whole file is refused."""


class Unwritable(TableError):
    """The result cannot be written there."""
