from django.db import migrations

from organization.roles import seed_roles


def seed(apps, schema_editor):
    seed_roles(using=schema_editor.connection.alias, app_labels=["organization"])


class Migration(migrations.Migration):
    dependencies = [("organization", "0006_exports")]
    operations = [
        migrations.AlterModelOptions(
            "branch",
            {
                "ordering": ("code",),
                "permissions": [("import_branch", "Can import branches")],
                "verbose_name": "branch",
                "verbose_name_plural": "branches",
            },
        ),
        migrations.AlterModelOptions(
            "store",
            {
                "ordering": ("code",),
                "permissions": [
                    ("export_store", "Can export stores"),
                    ("import_store", "Can import stores"),
                ],
                "verbose_name": "store",
                "verbose_name_plural": "stores",
            },
        ),
        migrations.AlterModelOptions(
            "division",
            {
                "ordering": ("code",),
                "permissions": [("import_division", "Can import divisions")],
                "verbose_name": "division",
                "verbose_name_plural": "divisions",
            },
        ),
        migrations.AlterModelOptions(
            "department",
            {
                "ordering": ("code",),
                "permissions": [("import_department", "Can import departments")],
                "verbose_name": "department",
                "verbose_name_plural": "departments",
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
                    ("import_employee", "Can import employees"),
                ],
                "verbose_name": "employee",
                "verbose_name_plural": "employees",
            },
        ),
        migrations.RunPython(seed, migrations.RunPython.noop),
    ]
