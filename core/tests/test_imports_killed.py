"""A real worker, killed while it saves a table: nothing of it stays, and another saves all of it once."""

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from core.imports.services import confirm_import
from core.models import AuditEntry, OutboxMessage
from core.models.imports import ImportState
from core.tests.jobs import work
from organization.choices import Role
from organization.models import Division
from organization.tests.factories import EmployeeFactory
from organization.tests.tables import previewed, text

pytestmark = pytest.mark.django_db(transaction=True)
ROWS = 4000


@pytest.fixture(autouse=True)
def _own_media(settings, tmp_path, monkeypatch):
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr("core.outbox.hints.hint", lambda queue: True)


def test_a_worker_killed_while_saving_saves_nothing_and_the_next_one_all(tmp_path):
    person = EmployeeFactory(roles=[Role.ADMINISTRATOR])
    client = Client()
    client.force_login(person)
    lines = "".join(f"D{number:05};Divisi {number}\n" for number in range(ROWS))
    run = previewed(client, text(f"code;name\n{lines}"), "division")
    work()
    run.refresh_from_db()
    confirm_import(run=run, digest=run.preview_digest, actor=person)
    run.refresh_from_db()

    database = connection.settings_dict["NAME"]
    process = subprocess.Popen([sys.executable, "-m", "core.tests.job_worker", database, str(tmp_path)])
    until(lambda: again(run.job).done > 0)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()

    assert Division.objects.count() == 0
    assert again(run).state == ImportState.APPLYING
    OutboxMessage.objects.filter(done_at=None).update(claimed_until=timezone.now() - timedelta(seconds=1))
    work()

    assert (again(run).state, Division.objects.count()) == (ImportState.APPLIED, ROWS)
    assert AuditEntry.objects.filter(act="object.added", object_kind="organization.division").count() == ROWS
    assert AuditEntry.objects.filter(act="import.applied").count() == 1


def again(thing):
    thing.refresh_from_db()
    return thing


def until(holds, seconds=30):
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.005)
