"""Partitions by time: there before they are needed, gone when they are old, and never made twice."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connections
from django.utils import timezone

from core.partitions import (
    PartitionedTable,
    maintain_partitions,
    missing_partitions,
    partitioned_tables,
    partitions_for,
)

DAILY = PartitionedTable("monitoring_sample", "at", keep_days=14)
MONTHLY = PartitionedTable("monitoring_rollup", "at", period="month", keep_days=396)
both = pytest.mark.django_db(databases=["default", "owner"])


def names():
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relispartition AND relkind = 'r'")
        return {name for (name,) in cursor.fetchall()}


@pytest.mark.parametrize(
    ("table", "start", "end", "expected"),
    [
        (DAILY, datetime(2026, 12, 31, 23, tzinfo=UTC), datetime(2027, 1, 1, 1, tzinfo=UTC),
         ["monitoring_sample_p20261231", "monitoring_sample_p20270101"]),
        (MONTHLY, datetime(2026, 12, 31, 23, tzinfo=UTC), datetime(2027, 2, 1, tzinfo=UTC),
         ["monitoring_rollup_p202612", "monitoring_rollup_p202701", "monitoring_rollup_p202702"]),
    ],
)  # fmt: skip
def test_a_name_says_the_days_it_holds(table, start, end, expected):
    assert [table.name_of(day) for day in table.periods(start, end)] == expected
    assert table.first_day_named(expected[0]) == table.first_day_of(start)


def test_a_month_begins_at_its_first_day():
    assert MONTHLY.first_day_of(datetime(2026, 2, 28, tzinfo=UTC)) == date(2026, 2, 1)
    assert MONTHLY.day_after(date(2026, 12, 1)) == date(2027, 1, 1)


def test_the_apps_declare_their_tables():
    assert {"monitoring_sample", "monitoring_rollup"} <= {table.table for table in partitioned_tables()}


@both
def test_after_migrate_a_week_lies_ahead():
    """A week from the day of the migration: a run of the tests may go past midnight."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT max(applied) FROM django_migrations")
        (migrated,) = cursor.fetchone()

    assert missing_partitions(now=migrated, ahead=timedelta(days=7)) == []


@both
def test_time_that_comes_is_made_and_time_that_is_over_is_dropped():
    later = timezone.now() + timedelta(days=30)
    old = DAILY.name_of(DAILY.first_day_of(timezone.now()))
    done = maintain_partitions(now=later)

    assert DAILY.name_of(DAILY.first_day_of(later + timedelta(days=7))) in done.made
    assert old in done.dropped
    assert old not in names()
    assert not any(name.startswith("monitoring_rollup") for name in done.dropped)


@both
def test_what_is_just_young_enough_stays():
    now = timezone.now()
    partitions_for(DAILY, now - timedelta(days=15), now)
    dropped = maintain_partitions(now=now).dropped

    assert dropped == [DAILY.name_of(DAILY.first_day_of(now - timedelta(days=15)))]


@both
def test_missing_days_are_named():
    later = timezone.now() + timedelta(days=60)

    assert DAILY.name_of(DAILY.first_day_of(later)) in missing_partitions(now=later)


@pytest.mark.django_db(databases=["default", "owner"], transaction=True)
def test_two_at_once_make_each_partition_once():
    start = timezone.now() + timedelta(days=100)

    def make(_):
        try:
            return partitions_for(DAILY, start, start + timedelta(days=3))
        finally:
            connections["owner"].close()

    try:
        with ThreadPoolExecutor(4) as pool:
            made = [name for each in pool.map(make, range(4)) for name in each]
        assert len(made) == len(set(made)) == 4
    finally:
        with connections["owner"].cursor() as cursor:
            for name in names():
                if name.startswith("monitoring_sample") and DAILY.first_day_named(name) >= start.date():
                    cursor.execute(f"DROP TABLE {name}")


@both
def test_the_command_answers_with_one_json_object():
    maintain_partitions()  # what a midnight since the migration asks for
    out = StringIO()
    call_command("maintain_partitions", "--json", stdout=out)

    assert json.loads(out.getvalue()) == {"made": [], "dropped": []}
