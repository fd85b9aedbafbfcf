"""Five minutes of samples become one row. Closed windows only, as often as you like, and after any gap."""

from datetime import datetime

from django.db import connection
from django.utils import timezone

from monitoring.metrics import METRICS

# The windows before the newest one are computed again, for a sample may have come late.
RECOMPUTED = "10 minutes"
# How far one statement goes for a machine that was not rolled up for long.
AT_ONCE = "1 day"


def roll_up(now: datetime | None = None) -> int:
    """Roll up what is not rolled up yet, for every machine; the number of rows written.

    Idempotent: a window is computed from all its samples and replaces its row. Two at once write the same.
    """
    written = 0
    while rows := _roll_up_next(now or timezone.now()):
        written += rows
        if rows < 1000:
            break
    return written


def _roll_up_next(now: datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_SQL, {"now": now})
        return cursor.rowcount


def _columns() -> list[str]:
    return [
        f"{metric.name}_{aggregate}"
        for metric in METRICS
        for aggregate in ("min", "max", "mean", "p50", "p95")
    ]


def _aggregates() -> str:
    return ", ".join(
        f"min({name}), max({name}), avg({name}),"
        f" percentile_cont(0.5) WITHIN GROUP (ORDER BY {name}),"
        f" percentile_cont(0.95) WITHIN GROUP (ORDER BY {name})"
        for name in (metric.name for metric in METRICS)
    )


# For each machine: the first sample after its last row decides where to begin, so that a gap of weeks is one jump.
# Both look-ups and the samples themselves go by the key (machine, at).
_SQL = f"""
WITH pending AS (
    SELECT machine.id, first_new.at AS first_new
      FROM monitoring_machine machine
     CROSS JOIN LATERAL (SELECT coalesce(max(at) + interval '5 minutes', %(now)s - interval '14 days') AS at
                           FROM monitoring_rollup WHERE machine_id = machine.id) next
     CROSS JOIN LATERAL (SELECT min(at) AS at FROM monitoring_sample
                          WHERE machine_id = machine.id AND at >= next.at) first_new
     WHERE first_new.at < date_bin('5 minutes', %(now)s, 'epoch')
)
INSERT INTO monitoring_rollup (machine_id, at, samples, {", ".join(_columns())})
SELECT sample.machine_id, date_bin('5 minutes', sample.at, 'epoch'), count(*), {_aggregates()}
  FROM pending
 CROSS JOIN LATERAL (
    SELECT * FROM monitoring_sample
     WHERE machine_id = pending.id
       AND at >= date_bin('5 minutes', pending.first_new, 'epoch') - interval '{RECOMPUTED}'
       AND at < least(date_bin('5 minutes', %(now)s, 'epoch'),
                      date_bin('5 minutes', pending.first_new, 'epoch') + interval '{AT_ONCE}')
 ) sample
 GROUP BY 1, 2
ON CONFLICT (machine_id, at) DO UPDATE
   SET samples = excluded.samples, {", ".join(f"{column} = excluded.{column}" for column in _columns())}
"""  # noqa: S608  column names of our own list
