"""Tables that only grow: the database itself refuses to change or delete their rows."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import migrations

_REFUSED = "{table} is append-only"


def protect(table: str, vendor: str) -> list[str]:
    """Statements that make a table append-only. Raises KeyError for an unknown database."""
    return [one.format(table=table, refused=_REFUSED.format(table=table)) for one in _ON[vendor]]


def unprotect(table: str, vendor: str) -> list[str]:
    """Statements that take the protection away again."""
    return [one.format(table=table) for one in _OFF[vendor]]


def protection(*tables: str) -> migrations.RunPython:
    """Migration operation. A later one that alters a table must come after: SQLite copies tables
    and forgets their triggers."""

    def run(statements: Sequence[str], editor: object) -> None:
        for statement in statements:
            editor.execute(statement)  # type: ignore[attr-defined]  # a schema editor

    def forwards(apps: object, editor: object) -> None:
        del apps
        vendor = editor.connection.vendor  # type: ignore[attr-defined]  # a schema editor
        run([one for table in tables for one in protect(table, vendor)], editor)

    def backwards(apps: object, editor: object) -> None:
        del apps
        vendor = editor.connection.vendor  # type: ignore[attr-defined]  # a schema editor
        run([one for table in tables for one in unprotect(table, vendor)], editor)

    return migrations.RunPython(forwards, backwards)


_ON = {
    "sqlite": [
        (
            "CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} "
            "BEGIN SELECT RAISE(ABORT, '{refused}'); END"
        ),
        (
            "CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} "
            "BEGIN SELECT RAISE(ABORT, '{refused}'); END"
        ),
    ],
    "postgresql": [
        (
            "CREATE OR REPLACE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS "
            "$$BEGIN RAISE EXCEPTION '{refused}' USING ERRCODE = 'integrity_constraint_violation'; "
            "END$$"
        ),
        (
            "CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION {table}_refuse()"
        ),
        (
            "CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION {table}_refuse()"
        ),
    ],
}
_OFF = {
    "sqlite": ["DROP TRIGGER {table}_no_update", "DROP TRIGGER {table}_no_delete"],
    "postgresql": [
        "DROP TRIGGER {table}_no_change ON {table}",
        "DROP TRIGGER {table}_no_truncate ON {table}",
    ],
}
