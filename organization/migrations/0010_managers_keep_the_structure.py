from django.db import migrations

from organization.roles import seed_roles


def seed(apps, schema_editor):
    seed_roles(using=schema_editor.connection.alias, app_labels=["organization"])


class Migration(migrations.Migration):
    """Managers keep divisions and departments as well, as far as their role is national."""

    dependencies = [("organization", "0009_used_pins")]

    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
