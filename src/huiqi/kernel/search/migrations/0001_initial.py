from django.db import migrations, models

# FTS5 keeps no text of its own: it reads the table's. Triggers keep it in step (SQLite's own
# documentation, FTS5 §4.4.3).
SQLITE = """
CREATE VIRTUAL TABLE search_fts USING fts5(
    tokens, content='search_indexed', content_rowid='id', tokenize='ascii', columnsize=0
);
CREATE TRIGGER search_added AFTER INSERT ON search_indexed BEGIN
    INSERT INTO search_fts(rowid, tokens) VALUES (new.id, new.tokens);
END;
CREATE TRIGGER search_removed AFTER DELETE ON search_indexed BEGIN
    INSERT INTO search_fts(search_fts, rowid, tokens) VALUES ('delete', old.id, old.tokens);
END;
CREATE TRIGGER search_changed AFTER UPDATE OF tokens ON search_indexed BEGIN
    INSERT INTO search_fts(search_fts, rowid, tokens) VALUES ('delete', old.id, old.tokens);
    INSERT INTO search_fts(rowid, tokens) VALUES (new.id, new.tokens);
END;
"""
SQLITE_BACK = """
DROP TRIGGER search_added; DROP TRIGGER search_removed; DROP TRIGGER search_changed;
DROP TABLE search_fts;
"""
POSTGRESQL = """
ALTER TABLE search_indexed
    ADD COLUMN vector tsvector GENERATED ALWAYS AS (to_tsvector('simple', tokens)) STORED;
CREATE INDEX search_vector ON search_indexed USING gin (vector);
"""
POSTGRESQL_BACK = "ALTER TABLE search_indexed DROP COLUMN vector;"


def forwards(_apps, editor):
    _run(editor, {"sqlite": SQLITE, "postgresql": POSTGRESQL})


def backwards(_apps, editor):
    _run(editor, {"sqlite": SQLITE_BACK, "postgresql": POSTGRESQL_BACK})


def _run(editor, texts):
    text = texts[editor.connection.vendor]
    # A trigger has semicolons inside: the databases are given one statement at a time.
    for statement in _statements(text):
        editor.execute(statement)


def _statements(text):
    statement = ""
    for line in text.strip().splitlines():
        statement += line + "\n"
        inside = "BEGIN" in statement and "END;" not in statement
        if line.endswith(";") and not inside:
            yield statement
            statement = ""


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.CreateModel(
            name="Indexed",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=30, verbose_name="类别")),
                ("key", models.CharField(max_length=100, verbose_name="编号")),
                ("title", models.CharField(max_length=300, verbose_name="标题")),
                ("summary", models.CharField(blank=True, max_length=300, verbose_name="摘要")),
                ("tokens", models.TextField(verbose_name="词")),
                ("public", models.BooleanField(default=True, verbose_name="公开")),
                ("digest", models.CharField(max_length=64, verbose_name="散列值")),
            ],
            options={
                "verbose_name": "索引",
                "verbose_name_plural": "索引",
                "constraints": [
                    models.UniqueConstraint(fields=("kind", "key"), name="indexed_once")
                ],
            },
        ),
        migrations.RunPython(forwards, backwards),
    ]
