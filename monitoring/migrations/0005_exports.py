from django.db import migrations

from organization.roles import seed_roles


def seed(apps, schema_editor):
    seed_roles(using=schema_editor.connection.alias, app_labels=["monitoring"])


class Migration(migrations.Migration):
    dependencies = [("monitoring", "0004_identity"), ("organization", "0006_exports")]
    operations = [
        migrations.AlterModelOptions(
            "machine",
            {
                "ordering": ("name",),
                "permissions": [
                    ("load_machine", "Can load this machine for a minute"),
                    ("export_machine", "Can export machines"),
                ],
                "verbose_name": "machine",
                "verbose_name_plural": "machines",
            },
        ),
        migrations.RunPython(seed, migrations.RunPython.noop),
    ]
