from django.db import migrations

from organization.roles import seed_roles


def seed(apps, schema_editor):
    seed_roles(using=schema_editor.connection.alias, app_labels=["betaapp"])


class Migration(migrations.Migration):
    dependencies = [
        ("betaapp", "0002_version_of_application"),
        ("organization", "0009_used_pins"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
