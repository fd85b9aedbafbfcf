import django.db.models.deletion
from django.db import migrations, models

from core import append_only

GUARD = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON ppob_runfile
    FOR EACH ROW EXECUTE FUNCTION core_append_only();
"""


def protect(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        append_only.protect(cursor, "ppob_runfile")


class Migration(migrations.Migration):
    dependencies = [("ppob", "0080_reconciliation")]

    operations = [
        migrations.CreateModel(
            name="RunFile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "form",
                    models.CharField(
                        choices=[("csv", "CSV"), ("pdf", "PDF")], max_length=4, verbose_name="form"
                    ),
                ),
                ("sha256", models.CharField(editable=False, max_length=64)),
                ("size", models.BigIntegerField(verbose_name="size")),
                ("rows", models.PositiveIntegerField(verbose_name="rows")),
                ("made_at", models.DateTimeField(auto_now_add=True, verbose_name="made")),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="kept_files",
                        to="ppob.reconciliationrun",
                    ),
                ),
            ],
            options={
                "verbose_name": "file of a run",
                "verbose_name_plural": "files of runs",
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(fields=("run", "form"), name="run_file_once"),
                    models.CheckConstraint(
                        condition=models.Q(("form__in", ["csv", "pdf"])), name="run_file_form"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("sha256__regex", "^[0-9a-f]{64}$")), name="run_file_hash"
                    ),
                    models.CheckConstraint(condition=models.Q(("size__gt", 0)), name="run_file_not_empty"),
                ],
            },
        ),
        migrations.RunSQL(GUARD, migrations.RunSQL.noop),
        migrations.RunPython(protect, migrations.RunPython.noop),
    ]
