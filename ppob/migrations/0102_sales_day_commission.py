from django.db import migrations, models

BACKFILL = """
UPDATE ppob_salesday d SET commission = s.commission
  FROM (SELECT biller_id, business_on, product_id, state, sum(commission) AS commission
          FROM ppob_transaction GROUP BY 1, 2, 3, 4) AS s
 WHERE s.biller_id = d.biller_id AND s.business_on = d.business_on AND s.product_id = d.product_id AND s.state = d.state
"""


class Migration(migrations.Migration):
    dependencies = [("ppob", "0101_sftp_and_accounting")]

    operations = [
        migrations.AddField(
            model_name="salesday",
            name="commission",
            field=models.BigIntegerField(db_default=0, default=0, verbose_name="biller's commission"),
        ),
        migrations.RunSQL(BACKFILL, migrations.RunSQL.noop),
    ]
