from django.db import migrations, models

from organization.roles import seed_roles


def seed(apps, schema_editor):
    seed_roles(using=schema_editor.connection.alias, app_labels=["ppob"])


class Migration(migrations.Migration):
    dependencies = [
        ("ppob", "0030_logins"),
    ]

    operations = [
        migrations.CreateModel(
            name="LedgerProof",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("proved_on", models.DateField(verbose_name="proved on")),
                ("at", models.DateTimeField(auto_now_add=True, verbose_name="time")),
                ("accounts", models.BigIntegerField(verbose_name="accounts")),
                ("transfers", models.BigIntegerField(verbose_name="transfers")),
                ("violations", models.JSONField(default=list, verbose_name="violations")),
                ("closed", models.JSONField(default=list, verbose_name="days closed")),
                ("seconds", models.FloatField(verbose_name="seconds")),
            ],
            options={
                "verbose_name": "proof of the ledger",
                "verbose_name_plural": "proofs of the ledger",
                "default_permissions": ("view",),
            },
        ),
        migrations.RunPython(seed, migrations.RunPython.noop),
    ]
