from django.db import migrations

from organization.roles import seed_roles


def seed(apps, schema_editor):
    seed_roles(using=schema_editor.connection.alias, app_labels=["core"])


class Migration(migrations.Migration):
    """Core declares its permissions for roles by name; which roles there are, organization knows."""

    dependencies = [("organization", "0004_identity"), ("core", "0002_audit")]
    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
