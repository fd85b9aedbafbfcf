from django.db import migrations


class Migration(migrations.Migration):
    """Which roles may export the trail, organization says."""

    dependencies = [("core", "0003_job_runs")]
    operations = [
        migrations.AlterModelOptions(
            "auditentry",
            {
                "default_permissions": ("view", "export"),
                "managed": False,
                "verbose_name": "audit entry",
                "verbose_name_plural": "audit trail",
            },
        ),
    ]
