from django.db import migrations

from organization.roles import seed_roles


def seed(apps, schema_editor):
    seed_roles(using=schema_editor.connection.alias, app_labels=["betaapp"])


class Migration(migrations.Migration):
    dependencies = [("betaapp", "0011_drift")]
    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
