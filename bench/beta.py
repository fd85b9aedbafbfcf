"""Heartbeats of stores' computers through the whole API, against the bare INSERT of one interval each; and a save of
sixteen thousand ticks, with its entries in the trail, against the bare INSERT of as many rows."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from time import perf_counter

from django.conf import settings
from django.db import connection, connections, transaction
from django.test import Client
from django.utils import timezone

from bench.harness import Comparison
from betaapp.models import BetaProgram, Device, Enrollment, InstalledVersion, StoreTrial
from betaapp.services import change_stores, make_store_token
from betaapp.tests.factories import VersionFactory, running_program
from organization.choices import Role
from organization.models import Store
from organization.tests.factories import BranchFactory, EmployeeFactory

STORES, REPORTING, EACH, THREADS = 16_000, 120, 10, 8
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
    settings.BETA_API_RATE, settings.ALLOWED_HOSTS = 100_000, ["*"]
    with connections["owner"].cursor() as cursor:
        cursor.execute(_PLAIN)
    with connection.cursor() as cursor:
        cursor.execute(_STORES, [BranchFactory().pk, STORES])
    version = VersionFactory(number="2.1.0")
    stores = list(Store.objects.order_by("pk"))
    keys = [make_store_token(store=store, actor=None)[1] for store in stores[:REPORTING]]
    program = running_program(version=version, made_by=EmployeeFactory(roles=[Role.BETA_MANAGER]))
    beats = _beats(keys, version.application.code)
    return [
        Comparison(
            name="heartbeats through the API / INSERT",
            unit="requests",
            units=REPORTING * EACH,
            ours=beats,
            peer=lambda: _at_once(_insert_interval),
            # A whole request, with its key and its throttle, against one statement.
            at_least=0.03,
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


def _beats(keys: list[str], code: str) -> Callable[[], None]:
    """Each store's computer says the same again: what sixteen thousand do every fifteen minutes."""
    body = json.dumps({"devices": [{"name": "kasir-1", "versions": {code: "2.1.0"}}]})

    def one_store(key: str) -> None:
        client = Client()
        try:
            for _ in range(EACH):
                answer = client.post(
                    "/api/v1/beta/heartbeats/",
                    body,
                    content_type="application/json",
                    headers={"Authorization": f"Bearer {key}"},
                )
                assert answer.status_code == 200, answer.content
        finally:
            connections.close_all()

    def run() -> None:
        with ThreadPoolExecutor(THREADS) as pool:
            list(pool.map(one_store, keys))
        assert Device.objects.count() == InstalledVersion.objects.count() == REPORTING

    return run


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
    StoreTrial.objects.all().delete()
    Enrollment.objects.all().delete()
    return seconds


def _insert_enrolled(program: BetaProgram, stores: list[int]) -> float:
    begun = perf_counter()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO bench_enrolled (program_id, store_id, days)"
            " SELECT %s, store, daterange(%s, %s) FROM unnest(%s::bigint[]) store",
            [program.pk, program.first_on, program.last_on, stores],
        )
    return perf_counter() - begun
