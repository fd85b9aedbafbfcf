"""Millions of sales for the benchmarks, made by PostgreSQL itself: agents, billers and products, three months of time."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.apps import apps
from django.db import connection, connections

from core.partitions import partitions_for
from ppob.tests.factories import BillerFactory, ProductFactory

AGENTS, BILLERS, PRODUCTS, DAYS = 20_000, 6, 60, 90
END = datetime(2026, 11, 25, 17, tzinfo=UTC)  # midnight in Jakarta
START = END - timedelta(days=DAYS)
_AGENTS = """
    INSERT INTO ppob_agent (uuid, agent_id, name, email, address, city, status, level, verification, reference_id, app_id,
        ktp_sealed, ktp_picture, self_picture, profile_picture, registered_at, failed_logins, failed_pins)
    SELECT gen_random_uuid(), '08' || lpad(n::text, 10, '0'), 'Kios ' || n, '', '', 'Kota ' || n % 400, 'active', 1, 'none',
        '', '', '', '', '', '', now(), 0, 0
    FROM generate_series(1, {agents}) n
"""
_SALES = """
    INSERT INTO ppob_transaction
    SELECT nextval('ppob_transaction_id_seq'), at, (at AT TIME ZONE 'Asia/Jakarta')::date, (at AT TIME ZONE 'Asia/Jakarta')::date,
        at, at, agents.ids[1 + (n * 7919) % {agents}], billers.ids[1 + n % {billers}], products.ids[1 + (n / 3) % {products}],
        lpad(n::text, 12, '0'), (510000000000 + (n * 104729) % 3000000)::text, '',
        CASE WHEN n % 40 = 0 THEN 'failed' WHEN n % 5003 = 1 THEN 'suspect' WHEN n % 900 = 2 THEN 'reversed' ELSE 'success' END,
        '00', lpad((n % 1000000)::text, 6, '0'), lpad(((n * 15485863) % 10000000000)::text, 20, '7'), 200 + n % 3000,
        50000 + n % 100 * 1000, 0, 1000, 2000, 1, 500, 1000, 53000 + n % 100 * 1000, 50500 + n % 100 * 1000, 5, NULL, NULL, NULL
    FROM (SELECT n, timestamptz '{start}' + n * (interval '{days} days' / {count}) AS at FROM generate_series(0::bigint, {count} - 1) n) sale,
        (SELECT array_agg(id ORDER BY id) ids FROM ppob_agent) agents, (SELECT array_agg(id ORDER BY id) ids FROM ppob_biller) billers,
        (SELECT array_agg(id ORDER BY id) ids FROM ppob_product) products
"""
_DAYS = """
    INSERT INTO ppob_salesday (biller_id, business_on, product_id, state, transactions, sheets, total, net, income, milliseconds,
        timed, p95_ms)
    SELECT biller_id, business_on, product_id, state, count(*), sum(sheets), sum(total), sum(net),
        sum(counter_fee + commission - agent_share), sum(milliseconds), count(milliseconds), max(milliseconds)
    FROM ppob_transaction GROUP BY 1, 2, 3, 4
"""
_INDEXES = (
    "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'ppob_transaction' AND indexname !~ 'pkey'"
)


def fill(count: int) -> None:
    """So many sales, evenly over three months; the indexes are made after them, as a load would.

    Nobody asks here for a key of each sale nor for its day's lock, so the guard is off while they come in.
    """
    BillerFactory.create_batch(BILLERS)
    ProductFactory.create_batch(PRODUCTS)
    config: Any = apps.get_app_config("ppob")
    for table in config.partitioned_tables:
        if table.table == "ppob_transaction":
            partitions_for(table, START, END)
    sizes = {"agents": AGENTS, "billers": BILLERS, "products": PRODUCTS, "days": DAYS, "count": count}
    with connection.cursor() as cursor:
        cursor.execute(_AGENTS.format(**sizes))
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SET synchronous_commit = off; SET maintenance_work_mem = '512MB'; SET work_mem = '128MB'"
        )
        cursor.execute(_INDEXES)
        indexes = cursor.fetchall()
        for name, _definition in indexes:
            cursor.execute(f"DROP INDEX {name}")
        cursor.execute("ALTER TABLE ppob_transaction DISABLE TRIGGER guard")
        cursor.execute(_SALES.format(start=START.isoformat(), **sizes))
        cursor.execute("ALTER TABLE ppob_transaction ENABLE TRIGGER guard")
        for _name, definition in indexes:
            cursor.execute(definition.replace("ON ONLY ", "ON "))
        cursor.execute(_DAYS)
        cursor.execute("VACUUM ANALYZE ppob_transaction")
        cursor.execute("ANALYZE")
