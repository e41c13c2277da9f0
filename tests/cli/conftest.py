"""A database for the tests of commands."""

from tests.postgres import postgres, postgres_url

__all__ = ["postgres", "postgres_url"]
