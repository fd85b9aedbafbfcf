"""One business day of a biller, made by PostgreSQL itself, and its settlement file with known differences."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import connection, connections

from core.partitions import maintain_partitions, partitions_for
from ppob.models import Agent, Biller, SettlementProfile
from ppob.simulation.forms import PROFILES
from ppob.simulation.forms.finnet import HEADER
from ppob.tests.ledger_factories import make_biller, make_product

AGENTS = 20_000
DAY = date(2026, 11, 20)
START = datetime(2026, 11, 19, 17, tzinfo=UTC)  # midnight in Jakarta
# Of a million: how many differ, by kind.
CLASSES = ("amount", "status", "duplicate_at_biller", "missing_here", "missing_at_biller")
_AGENTS = """
    INSERT INTO ppob_agent (uuid, agent_id, name, email, address, city, status, level, verification, reference_id, app_id,
        ktp_sealed, ktp_picture, self_picture, profile_picture, registered_at, failed_logins, failed_pins)
    SELECT gen_random_uuid(), '08' || lpad(n::text, 10, '0'), 'Kios ' || n, '', '', 'Kota ' || n % 400, 'active', 1, 'none',
        '', '', '', '', '', '', now(), 0, 0
    FROM generate_series(1, {agents}) n
"""
_SALES = """
    INSERT INTO ppob_transaction
    SELECT nextval('ppob_transaction_id_seq'), at, '{day}', '{day}', at, at, agents.ids[1 + (n * 7919) % {agents}], {biller}, {product},
        lpad(n::text, 12, '0'), (510000000000 + n)::text, '',
        CASE WHEN n % 40 = 0 THEN 'failed' ELSE 'success' END,
        '00', lpad((n % 1000000)::text, 6, '0'), lpad(((n * 15485863) % 10000000000)::text, 20, '7'), 200 + n % 3000,
        50000 + n % 100 * 1000, 0, 1000, 2000, 1, 500, 1000, 53000 + n % 100 * 1000, 50500 + n % 100 * 1000, 5, NULL, NULL, NULL
    FROM (SELECT n, timestamptz '{start}' + n * (interval '22 hours' / {count}) AS at FROM generate_series(0::bigint, {count} - 1) n) sale,
        (SELECT array_agg(id ORDER BY id) ids FROM ppob_agent) agents
    ORDER BY n
"""
# The biller's side of the same: some lines cheaper, failed, twice, its own, or left out.
_FILE = """
    COPY (
        SELECT to_char(at, 'YYYY-MM-DD'), to_char(at, 'HH24:MI:SS'), noref, customer_id, product, sheets, amount, 500, amount - 500,
               CASE WHEN n % 500 = 7 THEN 'FAILED' ELSE 'SUCCESS' END, '00', stan, serial
          FROM (SELECT row_number() OVER (ORDER BY x.occurred_at) AS n, x.occurred_at AT TIME ZONE 'Asia/Jakarta' AS at,
                       CASE WHEN row_number() OVER (ORDER BY x.occurred_at) % 476 = 5 THEN '9' || x.noref ELSE x.noref END AS noref,
                       x.customer_id, p.code AS product, x.sheets, x.bill + x.biller_fee +
                       CASE WHEN row_number() OVER (ORDER BY x.occurred_at) % 500 = 3 THEN 700 ELSE 0 END AS amount, x.stan, x.serial
                  FROM ppob_transaction x JOIN ppob_product p ON p.id = x.product_id
                 WHERE x.biller_id = {biller} AND x.business_on = '{day}' AND x.state = 'success') AS s,
               LATERAL generate_series(1, CASE WHEN n % 1000 = 9 THEN 2 ELSE 1 END) AS times
         WHERE n % 505 <> 11 ORDER BY n
    ) TO STDOUT (FORMAT csv)
"""


def fill(count: int, *, code: str = "FINNET") -> Biller:
    """A biller with so many sales on its day."""
    maintain_partitions()
    biller = make_biller(code=code)
    SettlementProfile.objects.create(biller=biller, **PROFILES["FINNET"])
    product = make_product(price=52_000)
    config: Any = apps.get_app_config("ppob")
    for table in config.partitioned_tables:
        if table.table == "ppob_transaction":
            partitions_for(table, START, START + timedelta(days=1))
    sizes = {
        "agents": AGENTS, "count": count, "biller": biller.pk, "product": product.pk, "day": DAY, "start": START.isoformat(),
    }  # fmt: skip
    if not Agent.objects.exists():
        with connection.cursor() as cursor:
            cursor.execute(_AGENTS.format(**sizes))
    with connections["owner"].cursor() as cursor:
        cursor.execute("SET synchronous_commit = off; SET work_mem = '128MB'")
        # Sales without keys and legs: nothing here posts them.
        cursor.execute("ALTER TABLE ppob_transaction DISABLE TRIGGER USER")
        cursor.execute(_SALES.format(**sizes))
        cursor.execute("ALTER TABLE ppob_transaction ENABLE TRIGGER USER")
        cursor.execute("VACUUM ANALYZE ppob_transaction")
        cursor.execute("ANALYZE")
    return biller


def settlement_file(biller: Biller, count: int, folder: Path) -> Path:
    path = folder / f"{biller.code}_{DAY:%Y%m%d}_{count}.csv"
    with path.open("wb") as target, connection.cursor() as cursor:
        cursor.execute("SET work_mem = '256MB'")
        target.write((",".join(HEADER) + "\n").encode())
        with cursor.copy(_FILE.format(biller=biller.pk, day=DAY)) as rows:
            for block in rows:
                target.write(bytes(block))
    return path
