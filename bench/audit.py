"""Fifty writers at once: an audit entry against a plain INSERT of the same row into a table without partitions,
triggers or indexes but its key. Each writes and commits by itself, as services do; the acts are people's, on a page.

Each is a process: of threads in one, the turns that Python gives them would be most of what is measured. record() prepares
its statement; the plain INSERT is what Django sends.
"""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

from django.db import connection, connections, transaction

from bench.clients import Clients, Work
from bench.harness import Comparison
from core import audit
from core.audit import recording
from core.audit.context import acting
from core.models.audit import Via

WRITERS, EACH = 50, 300
OBJECT = audit.Ref("organization.store", uuid4())
CHANGES = {"name": ("Toko Kemang", "Toko Kemang Raya"), "city": ("Jakarta", "Depok")}
PERSON = SimpleNamespace(pk=7, uuid=uuid4())  # what an entry needs of whoever acts
PLAIN = """
    DROP TABLE IF EXISTS bench_plain;
    CREATE TABLE bench_plain (LIKE core_auditentry INCLUDING DEFAULTS);
    ALTER TABLE bench_plain ADD PRIMARY KEY (at, id)
"""


def comparisons() -> list[Comparison]:
    with connections["owner"].cursor() as cursor:
        cursor.execute(PLAIN)
    connections.close_all()
    writers = Clients(
        {"record": _over_and_over(_record), "insert": _over_and_over(_plain_insert)},
        "",
        WRITERS,
    )
    return [
        Comparison(
            name="50 concurrent writers: record() / INSERT",
            unit="entries",
            units=WRITERS * EACH,
            ours=lambda: writers.run("record", WRITERS * EACH),
            peer=lambda: writers.run("insert", WRITERS * EACH),
            at_least=0.8,
            rounds=9,
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


def _over_and_over(write: Callable[[], None]) -> Work:
    def work(_database: Any, _chance: Any, units: int) -> None:
        # The door is opened once a request, not once an entry.
        with acting(Via.PAGE, address="10.20.30.40", request_id="bench"):
            for _ in range(units):
                write()

    return work
