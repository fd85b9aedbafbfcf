"""Fifty writers at once: an audit entry against a plain INSERT of the same row into a table without partitions,
triggers or indexes but its key. Each writes and commits by itself, as services do; the acts are people's, on a page."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from uuid import uuid4

from django.db import connection, connections, transaction

from bench.harness import Comparison
from core import audit
from core.audit import recording
from core.audit.context import acting
from core.models.audit import Via

WRITERS, EACH = 50, 120
OBJECT = audit.Ref("organization.store", uuid4())
CHANGES = {"name": ("Toko Kemang", "Toko Kemang Raya"), "city": ("Jakarta", "Depok")}
PERSON = SimpleNamespace(pk=7, uuid=uuid4())  # what an entry needs of whoever acts
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
        audit.record(PERSON, "object.changed", OBJECT, CHANGES, "A reason of some length")


with acting(Via.PAGE, address="10.20.30.40", request_id="bench"):
    _ROW = recording._row(
        PERSON, "object.changed", OBJECT, recording._told(CHANGES), "A reason of some length"
    )
_STATEMENT = recording._INSERT.replace("core_auditentry", "bench_plain")


def _plain_insert() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_STATEMENT, _ROW)


def _all_at_once(write: Callable[[], None]) -> None:
    def writer() -> None:
        try:
            # The door is opened once a request, not once an entry.
            with acting(Via.PAGE, address="10.20.30.40", request_id="bench"):
                for _ in range(EACH):
                    write()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(WRITERS) as pool:
        for done in [pool.submit(writer) for _ in range(WRITERS)]:
            done.result()
