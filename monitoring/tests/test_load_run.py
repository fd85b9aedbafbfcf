""" "Load this machine for 60 seconds": this host, one at a time, once, and never without an end."""

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone

from monitoring import tasks
from monitoring.exceptions import LoadAlreadyRunning, NotThisHost
from monitoring.models import LoadRun
from monitoring.services import claim_load, request_load
from monitoring.tests.factories import MachineFactory
from organization.tests.factories import EmployeeFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def here():
    return MachineFactory(local=True)


@pytest.fixture
def person():
    return EmployeeFactory()


def test_a_simulated_machine_cannot_be_loaded(person):
    with pytest.raises(NotThisHost):
        request_load(machine=MachineFactory(), actor=person)


def test_a_second_request_is_refused_while_one_runs(here, person):
    request_load(machine=here, actor=person)

    with pytest.raises(LoadAlreadyRunning):
        request_load(machine=here, actor=person)


@pytest.mark.django_db(transaction=True)
def test_of_ten_clicks_at_once_one_counts(here, person):
    def click(_):
        try:
            return request_load(machine=here, actor=person)
        except LoadAlreadyRunning:
            return None
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as pool:
        made = [run for run in pool.map(click, range(10)) if run]

    assert len(made) == LoadRun.objects.count() == 1


def test_a_message_delivered_twice_loads_once(here, person):
    run = request_load(machine=here, actor=person)

    assert claim_load(run.pk) is not None
    assert claim_load(run.pk) is None


def test_a_run_burns_every_core_and_ends(here, person):
    run = LoadRun.objects.create(machine=here, requested_by=person, seconds=1)
    before = os.times()
    tasks.run_load(run.pk)
    after = os.times()

    run.refresh_from_db()
    assert run.ended_at is not None
    # Behind everybody else at nice 19, on a busy machine it may get little of its second.
    assert after.children_user - before.children_user > 0.02
    assert after.elapsed - before.elapsed >= 1
    request_load(machine=here, actor=person)


def test_a_killed_worker_blocks_no_later_run(here, person):
    stuck = request_load(machine=here, actor=person)
    claim_load(stuck.pk)
    LoadRun.objects.filter(pk=stuck.pk).update(claimed_at=timezone.now() - timedelta(minutes=3))

    assert request_load(machine=here, actor=person)


def test_the_load_dies_with_whoever_started_it():
    program = (
        "import os, subprocess, sys;"
        f"burner = subprocess.Popen([sys.executable, {str(tasks.BURN)!r}, '30', str(os.getpid())]);"
        "print(burner.pid, flush=True); sys.stdin.read()"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    burner = int(parent.stdout.readline())
    time.sleep(0.5)
    parent.kill()
    parent.wait()

    until = time.monotonic() + 5
    while _is_alive(burner) and time.monotonic() < until:
        time.sleep(0.05)
    assert not _is_alive(burner)


def _is_alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
