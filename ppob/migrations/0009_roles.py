from django.db import migrations

from organization.roles import seed_roles


def seed(apps, schema_editor):
    seed_roles(using=schema_editor.connection.alias, app_labels=["ppob"])


class Migration(migrations.Migration):
    dependencies = [
        ("ppob", "0002_ledger"),
        ("organization", "0009_used_pins"),
    ]
    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
