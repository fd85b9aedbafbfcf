"""Fifty writers at once: an audit entry against a plain INSERT of the same row into a table without partitions,
triggers or indexes but its key. Each writes and commits by itself, as services do."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

from django.db import connection, connections, transaction

from bench.harness import Comparison
from core import audit
from core.audit import recording

WRITERS, EACH = 50, 40
OBJECT = audit.Ref("organization.store", uuid4())
CHANGES = {"name": ("Toko Kemang", "Toko Kemang Raya"), "city": ("Jakarta", "Depok")}
PLAIN = """
    DROP TABLE IF EXISTS bench_plain;
    CREATE TABLE bench_plain (LIKE core_auditentry INCLUDING DEFAULTS);
    ALTER TABLE bench_plain ADD PRIMARY KEY (id, at)
"""


def comparisons() -> list[Comparison]:
    with connections["owner"].cursor() as cursor:
        cursor.execute(PLAIN)
    return [
        Comparison(
            name="50 concurrent writers: record() / INSERT",
            unit="entries",
            units=WRITERS * EACH,
            ours=lambda: _all_at_once(_record),
            peer=lambda: _all_at_once(_plain_insert),
            at_least=0.8,
        )
    ]


def _record() -> None:
    with transaction.atomic():
        audit.record(None, "object.changed", OBJECT, CHANGES, "A reason of some length")


_ROW: tuple[Any, ...] = recording._row(None, "object.changed", OBJECT, CHANGES, "A reason of some length")
_STATEMENT = recording._INSERT.replace("core_auditentry", "bench_plain")


def _plain_insert() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_STATEMENT, _ROW)


def _all_at_once(write: Callable[[], None]) -> None:
    def writer() -> None:
        try:
            for _ in range(EACH):
                write()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(WRITERS) as pool:
        for done in [pool.submit(writer) for _ in range(WRITERS)]:
            done.result()
