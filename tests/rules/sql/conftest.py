"""Databases for the tests of SQL."""

from tests.postgres import postgres, postgres_url

__all__ = ["postgres", "postgres_url"]
