"""Partitioned tables, read only through these models: the DDL stands in the migration, rows are written in bulk."""

from typing import Any

from django.db import models

from monitoring.metrics import AGGREGATES, METRICS
from monitoring.models.machine import Machine


def _real() -> Any:
    return models.FloatField(null=True)


class Sample(models.Model):
    """One poll of one machine. Daily partitions, dropped after 14 days."""

    pk = models.CompositePrimaryKey("machine", "at")
    machine = models.ForeignKey(
        Machine, models.DO_NOTHING, db_constraint=False, related_name="samples", db_index=False
    )
    at = models.DateTimeField()
    load5 = _real()
    load15 = _real()
    running = models.IntegerField(null=True)
    mem_used = models.BigIntegerField(null=True)
    uptime_s = models.BigIntegerField(null=True)
    cost_cpu_ms = _real()
    cost_bytes = models.IntegerField(null=True)
    poll_ms = _real()

    class Meta:
        managed = False
        db_table = "monitoring_sample"


class RollUp(models.Model):
    """Five minutes of one machine. Monthly partitions, kept 13 months."""

    pk = models.CompositePrimaryKey("machine", "at")
    machine = models.ForeignKey(
        Machine, models.DO_NOTHING, db_constraint=False, related_name="roll_ups", db_index=False
    )
    at = models.DateTimeField()
    samples = models.SmallIntegerField()

    class Meta:
        managed = False
        db_table = "monitoring_rollup"


for _metric in METRICS:
    Sample.add_to_class(_metric.name, _real())
    for _aggregate in AGGREGATES:
        RollUp.add_to_class(f"{_metric.name}_{_aggregate}", _real())
