from pathlib import Path

from django.db import migrations, models
from django.db.models.functions import Now

SQL = Path(__file__).parent / "sql" / "0107_lean_lines.sql"


class Migration(migrations.Migration):
    """What a million lines and pairs have each is written as shortly as it can be read back exactly."""

    dependencies = [("ppob", "0106_faults_in_each_language")]

    operations = [
        migrations.RunSQL(
            SQL.read_text(),
            migrations.RunSQL.noop,
            state_operations=[
                migrations.AddField(
                    model_name="settlementfile",
                    name="staged_at",
                    field=models.DateTimeField(db_default=Now(), editable=False),
                )
            ],
        ),
        # An index on the biller and one on the run stood there twice.
        migrations.AlterField(
            model_name="difference",
            name="biller",
            field=models.ForeignKey(
                db_index=False,
                on_delete=models.PROTECT,
                related_name="differences",
                to="ppob.biller",
                verbose_name="biller",
            ),
        ),
        migrations.AlterField(
            model_name="difference",
            name="run",
            field=models.ForeignKey(
                db_index=False,
                on_delete=models.PROTECT,
                related_name="differences",
                to="ppob.reconciliationrun",
                verbose_name="reconciliation run",
            ),
        ),
    ]
