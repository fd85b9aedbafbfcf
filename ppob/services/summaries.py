"""Sales by business day, biller, product and state: what totals and daily reports read instead of the transactions."""

from datetime import date, datetime, timedelta

from django.db import connection, transaction
from django.utils import timezone

# A transaction is seen when it is committed, with the moment at which it began: look back further than any lasts.
OVERLAP = timedelta(minutes=10)
# Two summaries of one day at once would both insert.
_ADVISORY_LOCK = 742_105
_CHANGED = """
    SELECT DISTINCT biller_id, business_on FROM ppob_transaction
     WHERE changed_at >= %(since)s AND occurred_at >= %(oldest)s ORDER BY 1, 2
"""
_SUMMARISE = """
    WITH fresh AS (
        SELECT biller_id, business_on, product_id, state, count(*) AS transactions, sum(sheets) AS sheets,
               sum(total) AS total, sum(net) AS net, sum(counter_fee + commission - agent_share) AS income, sum(commission) AS commission,
               coalesce(sum(milliseconds), 0) AS milliseconds, count(milliseconds) AS timed,
               round(percentile_cont(0.95) WITHIN GROUP (ORDER BY milliseconds))::integer AS p95_ms
          FROM ppob_transaction WHERE biller_id = %(biller)s AND business_on = %(day)s
         GROUP BY 1, 2, 3, 4
    ), gone AS (
        DELETE FROM ppob_salesday d WHERE d.biller_id = %(biller)s AND d.business_on = %(day)s
           AND NOT EXISTS (SELECT FROM fresh f WHERE f.product_id = d.product_id AND f.state = d.state)
    )
    INSERT INTO ppob_salesday AS d (biller_id, business_on, product_id, state, transactions, sheets, total, net, income,
                                    commission, milliseconds, timed, p95_ms)
    SELECT * FROM fresh
    ON CONFLICT (biller_id, business_on, product_id, state) DO UPDATE
       SET transactions = excluded.transactions, sheets = excluded.sheets, total = excluded.total, net = excluded.net,
           income = excluded.income, commission = excluded.commission, milliseconds = excluded.milliseconds, timed = excluded.timed, p95_ms = excluded.p95_ms
     WHERE (d.transactions, d.sheets, d.total, d.net, d.income, d.commission, d.milliseconds, d.timed, d.p95_ms) IS DISTINCT FROM
           (excluded.transactions, excluded.sheets, excluded.total, excluded.net, excluded.income, excluded.commission,
            excluded.milliseconds, excluded.timed, excluded.p95_ms)
"""


def summarise_changed(*, since: datetime | None = None) -> list[tuple[int, date]]:
    """Sum up anew each biller's day in which a transaction changed; those days. Idempotent: it counts, and never adds.

    Looks at what changed in the last minutes, with an overlap longer than any transaction lasts.
    """
    now = timezone.now()
    with connection.cursor() as cursor:
        # Nothing that is older than the core may report changes, and no other partition is looked at.
        bounds = {"since": since or now - OVERLAP, "oldest": now - timedelta(days=95)}
        cursor.execute(_CHANGED, bounds)
        days = [(biller, day) for biller, day in cursor.fetchall()]
    for biller, day in days:
        summarise_day(biller, day)
    return days


@transaction.atomic
def summarise_day(biller: int, day: date) -> None:
    """One statement a day. Of two at once the second waits, and then counts what the first did not see."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_ADVISORY_LOCK])
        cursor.execute(_SUMMARISE, {"biller": biller, "day": day})
