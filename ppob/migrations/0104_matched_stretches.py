from pathlib import Path

from django.db import migrations, models
from django.db.models import F, Q

SQL = Path(__file__).parent / "sql" / "0104_matched_stretches.sql"


class Migration(migrations.Migration):
    """A million pairs as a thousand rows; and a file says which days its lines are of, so that a run reads no other."""

    dependencies = [("ppob", "0103_proposal_has_its_amount")]

    operations = [
        migrations.AddField(
            model_name="settlementfile",
            name="first_on",
            field=models.DateField(null=True, verbose_name="first business day"),
        ),
        migrations.AddField(
            model_name="settlementfile",
            name="last_on",
            field=models.DateField(null=True, verbose_name="last business day"),
        ),
        migrations.AddConstraint(
            model_name="settlementfile",
            constraint=models.CheckConstraint(
                condition=Q(first_on__isnull=True, last_on__isnull=True)
                | Q(first_on__isnull=False, last_on__isnull=False, first_on__lte=F("last_on")),
                name="settlement_file_days",
            ),
        ),
        migrations.RunSQL(SQL.read_text(), migrations.RunSQL.noop),
    ]
