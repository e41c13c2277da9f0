"""Triggers: the text of an approved version never changes and its row never goes away."""

from django.db import migrations

TABLE = "definitions_definitionversion"
FIXED = ("key", "text", "hash", "retires", "effective_from", "approved_at", "approved_by_id")
MESSAGE = "an approved version never changes"


def add(apps, schema_editor):  # noqa: ARG001 - as migrations call it
    if schema_editor.connection.vendor == "postgresql":
        changed = " OR ".join(f"NEW.{name} IS DISTINCT FROM OLD.{name}" for name in FIXED)
        schema_editor.execute(
            f"""CREATE FUNCTION {TABLE}_fixed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            IF TG_OP = 'DELETE' OR {changed} THEN RAISE EXCEPTION '{MESSAGE}'; END IF;
            RETURN NEW; END $$"""
        )
        for event in ("UPDATE", "DELETE"):
            schema_editor.execute(
                f"""CREATE TRIGGER {TABLE}_{event.lower()} BEFORE {event} ON {TABLE} FOR EACH ROW
                WHEN (OLD.approved_at IS NOT NULL) EXECUTE FUNCTION {TABLE}_fixed()"""
            )
    else:
        changed = " OR ".join(f"NEW.{name} IS NOT OLD.{name}" for name in FIXED)
        for event, when in (("UPDATE", f" AND ({changed})"), ("DELETE", "")):
            schema_editor.execute(
                f"""CREATE TRIGGER {TABLE}_{event.lower()} BEFORE {event} ON {TABLE} FOR EACH ROW
                WHEN OLD.approved_at IS NOT NULL{when}
                BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"""
            )


def drop(apps, schema_editor):  # noqa: ARG001 - as migrations call it
    on = f" ON {TABLE}" if schema_editor.connection.vendor == "postgresql" else ""
    for event in ("update", "delete"):
        schema_editor.execute(f"DROP TRIGGER {TABLE}_{event}{on}")
    if on:
        schema_editor.execute(f"DROP FUNCTION {TABLE}_fixed()")


class Migration(migrations.Migration):
    dependencies = [("definitions", "0001_initial")]
    operations = [migrations.RunPython(add, drop)]
