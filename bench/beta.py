"""Heartbeats of stores' computers through the whole portal as it is served, against the bare INSERT of one interval each;
and a save of sixteen thousand ticks, with its entries in the trail, against the bare INSERT of as many rows.

Sixteen thousand stores every fifteen minutes are 18 heartbeats a second; five times as many are sent for a while, and none
of them may fail.
"""

import json
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import count, cycle
from time import perf_counter

from django.db import connection, connections, transaction
from django.utils import timezone

from bench.harness import Comparison
from bench.served import Request, Served, paced
from betaapp.models import BetaProgram, Device, InstalledVersion
from betaapp.services import change_stores, make_store_token
from betaapp.tests.factories import VersionFactory, running_program
from organization.choices import Role
from organization.models import Store
from organization.tests.factories import BranchFactory, EmployeeFactory

STORES, REPORTING, EACH, THREADS = 16_000, 120, 10, 8
HELD_PER_S, HELD_S = 90, 20
_STORES = """
    INSERT INTO organization_store (code, name, company, address, city, phone, branch_id, latitude, longitude,
        is_position_verified, geofence_m, visits_a_month, opened_on)
    SELECT 'B' || lpad(n::text, 5, '0'), 'Toko ' || n, '', '', 'Bandung', '', %s, -6.9, 107.6, FALSE, 100, 1, '2020-01-01'
    FROM generate_series(1, %s) n
"""
_PLAIN = """
    DROP TABLE IF EXISTS bench_interval, bench_enrolled;
    CREATE TABLE bench_interval (id bigserial PRIMARY KEY, device_id bigint, application_id bigint, version_id bigint,
        during tstzrange);
    CREATE TABLE bench_enrolled (id bigserial PRIMARY KEY, program_id bigint, store_id bigint, days daterange);
    GRANT ALL ON bench_interval, bench_enrolled TO PUBLIC;
    GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO PUBLIC
"""


def comparisons() -> list[Comparison]:
    with connections["owner"].cursor() as cursor:
        cursor.execute(_PLAIN)
    branch = BranchFactory()
    with connection.cursor() as cursor:
        cursor.execute(_STORES, [branch.pk, STORES])
    version = VersionFactory(number="2.1.0")
    # Other benchmarks have stores of their own.
    stores = list(Store.objects.filter(branch=branch).order_by("pk"))
    keys = [make_store_token(store=store, actor=None)[1] for store in stores[:REPORTING]]
    program = running_program(version=version, made_by=EmployeeFactory(roles=[Role.BETA_MANAGER]))
    beats = _Beats(keys, version.application.code)
    beats.all_at_once()
    beats.held()
    return [
        Comparison(
            name="heartbeats to two web processes / INSERT",
            unit="requests",
            units=REPORTING * EACH,
            ours=beats.all_at_once,
            peer=lambda: _at_once(_insert_interval),
            # A whole request, with its key and its throttle, against one statement.
            at_least=0.02,
        ),
        Comparison(
            name="16,000 ticks saved / INSERT",
            unit="stores",
            units=STORES,
            ours=lambda: _tick(program, [store.pk for store in stores]),
            peer=lambda: _insert_enrolled(program, [store.pk for store in stores]),
            at_least=0.02,
        ),
    ]


class _Beats:
    """Each store's computer says the same again: what sixteen thousand do every fifteen minutes."""

    def __init__(self, keys: list[str], code: str) -> None:
        # A store may call five times a second; here each of a few stands for many.
        self.portal = Served({"BETA_API_RATE": "100000"})
        body = json.dumps({"devices": [{"name": "kasir-1", "versions": {code: "2.1.0"}}]})
        self.requests = [
            Request(
                "POST",
                "/api/v1/beta/heartbeats/",
                body,
                {"Authorization": f"Bearer {key}", "Content-Type": "application/json"},
            )
            for key in keys
        ]

    def all_at_once(self) -> None:
        seen = self.portal.statuses(self.requests * EACH, clients=THREADS)
        assert set(seen) == {200}, seen
        assert Device.objects.count() == InstalledVersion.objects.count() == REPORTING

    def held(self) -> None:
        """Says on standard error what became of them; raises where one failed."""
        turns = cycle(self.requests)
        seen, times = paced(
            lambda: self.portal.answer(next(turns)), rate=HELD_PER_S, seconds=HELD_S, clients=4 * THREADS
        )
        median, p95 = times[len(times) // 2], times[len(times) * 95 // 100]
        sys.stderr.write(
            f"heartbeats at {HELD_PER_S}/s for {HELD_S} s: {dict(seen)}, median {median * 1000:.0f} ms,"
            f" p95 {p95 * 1000:.0f} ms, slowest {times[-1] * 1000:.0f} ms\n"
        )
        assert set(seen) == {200}, seen


_numbers = count()


def _insert_interval() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO bench_interval (device_id, application_id, version_id, during)"
            " VALUES (%s, 1, 1, tstzrange(%s, NULL))",
            [next(_numbers), timezone.now()],
        )


def _at_once(write: Callable[[], None]) -> None:
    def some(_: int) -> None:
        try:
            for _ in range(EACH):
                write()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(some, range(REPORTING)))


def _tick(program: BetaProgram, stores: list[int]) -> float:
    program.refresh_from_db()
    begun = perf_counter()
    change_stores(program=program, add=stores, remove=(), revision=program.revision, actor=program.made_by)
    seconds = perf_counter() - begun
    _forget()
    return seconds


def _forget() -> None:
    """As before the save; rows that are only deleted would stand in the way of the next one."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("TRUNCATE betaapp_storetrial, betaapp_enrollment")


def _insert_enrolled(program: BetaProgram, stores: list[int]) -> float:
    begun = perf_counter()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO bench_enrolled (program_id, store_id, days)"
            " SELECT %s, store, daterange(%s, %s) FROM unnest(%s::bigint[]) store",
            [program.pk, program.first_on, program.last_on, stores],
        )
    return perf_counter() - begun
