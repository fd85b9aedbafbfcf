from django.db import migrations

from organization.roles import seed_roles


def seed(apps, schema_editor):
    seed_roles(using=schema_editor.connection.alias, app_labels=["ppob"])


class Migration(migrations.Migration):
    """The list of logins is a view of organization's grants; it has rights of its own and no table."""

    dependencies = [
        ("ppob", "0009_roles"),
        ("organization", "0009_used_pins"),
    ]
    operations = [
        migrations.CreateModel(
            name="Login",
            fields=[],
            options={
                "verbose_name": "back-office login",
                "verbose_name_plural": "back-office logins",
                "default_permissions": ("view", "add", "change"),
                "proxy": True,
                "indexes": [],
                "constraints": [],
            },
            bases=("organization.rolegrant",),
        ),
        migrations.RunPython(seed, migrations.RunPython.noop),
    ]
