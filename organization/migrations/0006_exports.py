from django.db import migrations

from organization.roles import seed_roles


def seed(apps, schema_editor):
    seed_roles(using=schema_editor.connection.alias, app_labels=["core", "organization"])


class Migration(migrations.Migration):
    dependencies = [("organization", "0005_core_roles"), ("core", "0004_exports")]
    operations = [
        migrations.AlterModelOptions(
            "store",
            {
                "ordering": ("code",),
                "permissions": [("export_store", "Can export stores")],
                "verbose_name": "store",
                "verbose_name_plural": "stores",
            },
        ),
        migrations.AlterModelOptions(
            "employee",
            {
                "ordering": ("nik",),
                "permissions": [
                    ("unlock_employee", "Can unlock a login"),
                    ("reset_pin", "Can reset a PIN"),
                    ("export_employee", "Can export employees"),
                ],
                "verbose_name": "employee",
                "verbose_name_plural": "employees",
            },
        ),
        migrations.RunPython(seed, migrations.RunPython.noop),
    ]
