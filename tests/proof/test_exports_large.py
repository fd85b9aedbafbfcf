"""A large export keeps its memory, stops when it is told to, and killed half-way leaves nothing half. CI: 20,000 rows; full: 500,000."""

import csv
import json
import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from core.jobs import cancel_job
from core.jobs.results import path_of
from core.models import AuditEntry, Job, OutboxMessage
from core.tests.jobs import ask
from organization.choices import Role
from organization.tests.factories import BranchFactory, EmployeeFactory
from tests.proof.conftest import IS_FULL

pytestmark = pytest.mark.django_db(transaction=True)
# Enough that somebody who looks fifty times a second sees it half-way.
ROWS = 500_000 if IS_FULL else 60_000
PEAK_MB, GROWTH_MB = 400, 40
STORES = """
    INSERT INTO organization_store (code, name, company, address, city, phone, branch_id, latitude, longitude,
        is_position_verified, geofence_m, visits_a_month, opened_on)
    SELECT 'X' || to_char(n, 'FM0000000'), '=1+1 Toko ' || n, 'PT', 'Jl. Merdeka No. ' || n, 'Bandung', '', %s, -6.9,
        107.6, true, 100, 1, '2020-01-01'
    FROM generate_series(1, %s) AS n
"""


@pytest.fixture(autouse=True)
def _own_place(tmp_path, settings, monkeypatch):
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr("core.outbox.hints.hint", lambda queue: True)


@pytest.fixture
def person():
    branch = BranchFactory()
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute(STORES, [branch.pk, ROWS])
        cursor.execute("RESET statement_timeout")
    return EmployeeFactory(roles=[Role.AUDITOR])


@pytest.fixture
def worker(tmp_path):
    started = []

    def start():
        database = connection.settings_dict["NAME"]
        command = [sys.executable, "-m", "tests.proof.export_worker", database, str(tmp_path)]
        started.append(subprocess.Popen(command, stdout=subprocess.PIPE))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()


def wish(person, form="csv"):
    return ask(person, "core.export", path="/directory/stores/", query="", form=form)


def half_way(job):
    deadline = time.monotonic() + 120
    while not ROWS / 20 <= now(job).done < ROWS:
        assert job.state in ("queued", "running"), job.state
        assert time.monotonic() < deadline, "it never came half-way"
        time.sleep(0.02)


def now(job):
    job.refresh_from_db()
    return job


def files():
    return sorted(path.suffix for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file())


@pytest.mark.parametrize("form", ["csv", "xlsx"] if IS_FULL else ["csv"])
def test_memory_stays_flat(person, worker, report, form):
    job = wish(person, form)
    process = worker()
    figures = json.loads(process.communicate(timeout=600)[0])
    assert (now(job).state, job.result_rows, job.error) == ("done", ROWS, "")
    report |= {"rows": ROWS, "form": form, "bytes": job.result_bytes, **figures}
    if form == "csv":
        with path_of(job).open(encoding="utf-8-sig", newline="") as file:
            names = [line["Toko"] for line in csv.DictReader(file)]
        assert len(names) == ROWS
        assert all(name.startswith("'=1+1") for name in names)
    assert figures["mb_peak"] - figures["mb_before"] < GROWTH_MB
    assert figures["mb_peak"] < PEAK_MB


@pytest.mark.parametrize("form", ["csv", "xlsx"] if IS_FULL else ["xlsx"])
def test_cancelled_half_way_it_stops_and_leaves_nothing(person, worker, report, form):
    job = wish(person, form)
    process = worker()
    half_way(job)
    cancel_job(job, actor=person)
    asked = time.monotonic()
    process.wait(timeout=60)
    report["stopped_after_s"] = round(time.monotonic() - asked, 1)
    assert now(job).state == "cancelled"
    assert job.done < ROWS
    assert files() == []
    assert not AuditEntry.objects.filter(act="export.made").exists()


def test_killed_half_way_it_leaves_no_half_file_and_is_taken_up_again(person, worker, report):
    job = wish(person)
    process = worker()
    half_way(job)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    report |= {"rows": ROWS, "killed_after_rows": now(job).done}
    assert job.state == "running"
    assert files() == [".part"]
    assert not AuditEntry.objects.filter(act="export.made").exists()

    OutboxMessage.objects.filter(done_at=None).update(claimed_until=timezone.now() - timedelta(seconds=1))
    worker().wait(timeout=600)
    assert (now(job).state, job.attempts, job.result_rows) == ("done", 2, ROWS)
    assert files() == [".result"]
    assert Job.objects.count() == AuditEntry.objects.filter(act="export.made").count() == 1
