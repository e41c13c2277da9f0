"""What the database itself refuses: to change or delete a version that has been approved."""

from __future__ import annotations

TABLE = "definitions_definitionversion"
_FIXED = ("key", "text", "hash", "retires", "effective_from", "approved_at", "approved_by_id")
_MESSAGE = "an approved version never changes"


def protect(vendor: str) -> list[str]:
    """Statements that fix approved versions, for ``postgresql`` or ``sqlite``."""
    if vendor == "postgresql":
        changed = " OR ".join(f"NEW.{name} IS DISTINCT FROM OLD.{name}" for name in _FIXED)
        return [
            f"""CREATE FUNCTION {TABLE}_fixed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            IF TG_OP = 'DELETE' OR {changed} THEN RAISE EXCEPTION '{_MESSAGE}'; END IF;
            RETURN NEW; END $$""",
            *(
                f"""CREATE TRIGGER {TABLE}_{event.lower()} BEFORE {event} ON {TABLE} FOR EACH ROW
                WHEN (OLD.approved_at IS NOT NULL) EXECUTE FUNCTION {TABLE}_fixed()"""
                for event in ("UPDATE", "DELETE")
            ),
        ]
    changed = " OR ".join(f"NEW.{name} IS NOT OLD.{name}" for name in _FIXED)
    return [
        f"""CREATE TRIGGER {TABLE}_{event.lower()} BEFORE {event} ON {TABLE} FOR EACH ROW
        WHEN OLD.approved_at IS NOT NULL{when}
        BEGIN SELECT RAISE(ABORT, '{_MESSAGE}'); END"""
        for event, when in (("UPDATE", f" AND ({changed})"), ("DELETE", ""))
    ]


def unprotect(vendor: str) -> list[str]:
    """Statements that take the protection away again."""
    on = f" ON {TABLE}" if vendor == "postgresql" else ""
    triggers = [f"DROP TRIGGER {TABLE}_{event}{on}" for event in ("update", "delete")]
    return [*triggers, f"DROP FUNCTION {TABLE}_fixed()"] if on else triggers
