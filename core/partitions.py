"""Partitions by time: made ahead, dropped when they are too old, never emptied row by row.

A table is declared on its AppConfig (`partitioned_tables`). Bounds are UTC midnights, and a partition's name says them
(`monitoring_sample_p20261122`, `monitoring_rollup_p202611`), so that nothing else has to remember what exists.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Literal

from django.apps import apps
from django.db import connections, transaction
from django.utils import timezone

from core import append_only

OWNER = "owner"
# Any number that no other advisory lock of the portal uses: two maintainers at once wait for each other.
_ADVISORY_LOCK = 7_420_114


@dataclass(frozen=True)
class PartitionedTable:
    """A table that is PARTITION BY RANGE of one moment; a partition whose last row is older than `keep_days` goes.

    `behind_days`: rows of that age may still come. `append_only`: the application adds rows and nothing else.
    `functions_only`: it does not even that, for functions of another role write the table.
    """

    table: str
    column: str
    period: Literal["day", "month"] = "day"
    keep_days: int = 14
    ahead_days: int = 7
    behind_days: int = 1  # a sample taken just before midnight is written just after it
    append_only: bool = False
    functions_only: bool = False

    def first_day_of(self, moment: datetime) -> date:
        """The first day of the period that holds this moment."""
        day = moment.astimezone(UTC).date()
        return day.replace(day=1) if self.period == "month" else day

    def day_after(self, first_day: date) -> date:
        """The first day of the next period."""
        if self.period == "day":
            return first_day + timedelta(days=1)
        return (first_day + timedelta(days=31)).replace(day=1)

    def name_of(self, first_day: date) -> str:
        return f"{self.table}_p{first_day:{'%Y%m%d' if self.period == 'day' else '%Y%m'}}"

    def first_day_named(self, partition: str) -> date:
        """What `name_of` wrote, read back; ValueError for a table of another name."""
        stamp = partition.removeprefix(f"{self.table}_p")
        return (
            datetime.strptime(stamp, "%Y%m%d" if self.period == "day" else "%Y%m").replace(tzinfo=UTC).date()
        )

    def periods(self, start: datetime, end: datetime) -> Iterator[date]:
        """First days of all periods from the one of `start` to the one of `end`."""
        first_day, last_day = self.first_day_of(start), self.first_day_of(end)
        while first_day <= last_day:
            yield first_day
            first_day = self.day_after(first_day)


@dataclass
class Maintained:
    """Names of the partitions that a run made and dropped."""

    made: list[str]
    dropped: list[str]


def partitioned_tables() -> list[PartitionedTable]:
    """All that the installed apps declare."""
    return [table for config in apps.get_app_configs() for table in tables_of(config.label)]


def tables_of(app_label: str) -> tuple[PartitionedTable, ...]:
    """What this app declares."""
    return getattr(apps.get_app_config(app_label), "partitioned_tables", ())


def maintain_partitions(now: datetime | None = None, using: str = OWNER) -> Maintained:
    """Make partitions ahead and drop expired ones. Harmless when run twice or at once.

    `using` is the alias that owns the tables: whoever migrated them.
    """
    now = now or timezone.now()
    result = Maintained(made=[], dropped=[])
    for table in partitioned_tables():
        result.made += partitions_for(
            table, now - timedelta(days=table.behind_days), now + timedelta(days=table.ahead_days), using
        )
        result.dropped += _drop_expired(table, now, using)
    return result


def partitions_for(table: PartitionedTable, start: datetime, end: datetime, using: str = OWNER) -> list[str]:
    """Make the missing partitions that hold the moments from `start` to `end`; the names of those it made.

    Takes a transaction-level advisory lock; one short transaction.
    """
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_ADVISORY_LOCK])
        there = set(_existing(cursor, table))
        missing = [day for day in table.periods(start, end) if table.name_of(day) not in there]
        for day in missing:
            cursor.execute(
                f"CREATE TABLE {table.name_of(day)} PARTITION OF {table.table} "
                f"FOR VALUES FROM ('{day} 00:00+00') TO ('{table.day_after(day)} 00:00+00')"
            )
            if table.append_only:
                append_only.protect(cursor, table.name_of(day))
            if table.functions_only:
                append_only.close(cursor, table.name_of(day))
    return [table.name_of(day) for day in missing]


def missing_partitions(now: datetime | None = None, ahead: timedelta = timedelta(days=2)) -> list[str]:
    """Partitions that rows of the next days will need and that nobody has made: an operator should know."""
    now = now or timezone.now()
    with connections["default"].cursor() as cursor:
        return [
            table.name_of(day)
            for table in partitioned_tables()
            for there in [set(_existing(cursor, table))]
            for day in table.periods(now, now + ahead)
            if table.name_of(day) not in there
        ]


def _drop_expired(table: PartitionedTable, now: datetime, using: str) -> list[str]:
    oldest_kept = (now - timedelta(days=table.keep_days)).astimezone(UTC).date()
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_ADVISORY_LOCK])
        expired = [
            name
            for name in _existing(cursor, table)
            if table.day_after(table.first_day_named(name)) <= oldest_kept
        ]
        for name in expired:
            cursor.execute(f"DROP TABLE {name}")
    return expired


def _existing(cursor, table: PartitionedTable) -> list[str]:  # type: ignore[no-untyped-def]  # any DB cursor
    cursor.execute(
        "SELECT child.relname FROM pg_inherits"
        " JOIN pg_class child ON child.oid = inhrelid JOIN pg_class parent ON parent.oid = inhparent"
        " WHERE parent.relname = %s ORDER BY child.relname",
        [table.table],
    )
    return [name for (name,) in cursor.fetchall()]
