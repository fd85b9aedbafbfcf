"""A real worker process, killed in the middle: nothing half is left, and another takes the job up again."""

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

from core.jobs import cancel_job, registry, results
from core.jobs.heartbeat import LEASE_S
from core.models import OutboxMessage
from core.tests.job_worker import slow
from core.tests.jobs import ask, make_kind, work
from organization.tests.factories import EmployeeFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _own_place(tmp_path, settings, monkeypatch):
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr("core.outbox.hints.hint", lambda queue: True)
    make_kind(slow)
    yield
    registry.forget("test.job")


@pytest.fixture
def worker(tmp_path):
    started = []

    def start():
        database = connection.settings_dict["NAME"]
        process = subprocess.Popen([sys.executable, "-m", "core.tests.job_worker", database, str(tmp_path)])
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()


def parts():
    return list(Path(settings.MEDIA_ROOT).rglob("*.part"))


def until(holds, seconds=30):
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


def now(job):
    job.refresh_from_db()
    return job


def the_lease_is_over():
    OutboxMessage.objects.filter(done_at=None).update(claimed_until=timezone.now() - timedelta(seconds=1))


def test_a_killed_worker_leaves_no_half_file_and_another_takes_the_job_up(worker):
    job = ask(EmployeeFactory(), rows=100, pause_s=0.1)
    process = worker()
    until(lambda: now(job).done >= 3)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()

    assert now(job).state == "running"
    assert job.result_path == ""
    assert work() == 0, "its lease is not over yet"
    left = OutboxMessage.objects.get().claimed_until - timezone.now()
    assert timedelta(seconds=LEASE_S / 2) < left <= timedelta(seconds=LEASE_S)
    the_lease_is_over()
    work()

    assert (now(job).state, job.attempts, job.done) == ("done", 2, 100)
    assert results.path_of(job).read_text() == "".join(f"{number}\n" for number in range(100))
    assert parts() == []


def test_a_job_that_another_process_runs_is_cancelled_within_a_second(worker):
    person = EmployeeFactory()
    job = ask(person, rows=1000, pause_s=0.05)
    worker()
    until(lambda: now(job).done >= 1)
    cancel_job(job, actor=person)
    asked = time.monotonic()
    until(lambda: now(job).state == "cancelled")
    assert time.monotonic() - asked < 5, "a busy machine gets some time"
    until(lambda: parts() == [])
