"""The report page at ten million sales: sales that went wrong are few, and are asked for by biller and by product; and
the day's sums as one row a product and biller."""

from django.db import migrations, models

INDEXES = """
    CREATE INDEX transaction_biller_troubles ON ppob_transaction (biller_id, state, occurred_at, id)
        WHERE state <> 'success';
    CREATE INDEX transaction_product_troubles ON ppob_transaction (product_id, state, occurred_at, id)
        WHERE state <> 'success';
"""
DROP_INDEXES = "DROP INDEX transaction_biller_troubles; DROP INDEX transaction_product_troubles"
PERFORMANCE = """
    CREATE VIEW ppob_performance_day AS
    SELECT min(id) AS id, business_on, biller_id, product_id,
           sum(transactions)::bigint AS transactions,
           coalesce(sum(transactions) FILTER (WHERE state = 'success'), 0)::bigint AS succeeded,
           coalesce(sum(transactions) FILTER (WHERE state = 'failed'), 0)::bigint AS failed,
           coalesce(sum(transactions) FILTER (WHERE state IN ('suspect', 'pending')), 0)::bigint AS undecided,
           coalesce(sum(transactions) FILTER (WHERE state = 'reversed'), 0)::bigint AS reversed,
           coalesce(sum(sheets) FILTER (WHERE state = 'success'), 0)::bigint AS sheets,
           coalesce(sum(total) FILTER (WHERE state = 'success'), 0)::bigint AS total,
           coalesce(sum(net) FILTER (WHERE state = 'success'), 0)::bigint AS net,
           coalesce(sum(income) FILTER (WHERE state = 'success'), 0)::bigint AS income,
           sum(milliseconds)::bigint AS milliseconds,
           sum(timed)::bigint AS timed,
           max(p95_ms) FILTER (WHERE state = 'success') AS p95_ms
      FROM ppob_salesday GROUP BY business_on, biller_id, product_id
"""


class Migration(migrations.Migration):
    dependencies = [("ppob", "0060_balances")]
    operations = [
        migrations.RunSQL(INDEXES, DROP_INDEXES),
        migrations.RunSQL(PERFORMANCE, "DROP VIEW ppob_performance_day"),
        migrations.CreateModel(
            name="PerformanceDay",
            fields=[("id", models.BigIntegerField(primary_key=True, serialize=False))],
            options={
                "verbose_name": "day's performance",
                "verbose_name_plural": "days' performance",
                "db_table": "ppob_performance_day",
                "default_permissions": (),
                "managed": False,
            },
        ),
    ]
