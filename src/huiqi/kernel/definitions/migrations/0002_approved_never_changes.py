"""Triggers: the text of an approved version never changes and its row never goes away."""

from django.db import migrations

from huiqi.kernel.definitions.fixed import protect, unprotect


def add(apps, schema_editor):
    del apps
    for statement in protect(schema_editor.connection.vendor):
        schema_editor.execute(statement)


def drop(apps, schema_editor):
    del apps
    for statement in unprotect(schema_editor.connection.vendor):
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("definitions", "0001_initial")]
    operations = [migrations.RunPython(add, drop)]
