"""Two beats tick side by side for all that happens by the clock, and every effect is there once.

CI: three ticks; full: twelve.
"""

import time
from datetime import timedelta

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone

from core.audit.verifying import verify
from core.models import AuditEntry, AuditSeal, ImportRun, Job, OutboxMessage
from core.tests.jobs import ask, make_kind
from monitoring.choices import TransportKind
from monitoring.models import Machine, Sample
from notifications.models import Notification
from organization.models import StoreBranch
from organization.tests.factories import LONG_AGO, BranchFactory, EmployeeFactory, StoreFactory
from tests.proof.conftest import IS_FULL
from tests.proof.scene import wait_for

pytestmark = pytest.mark.django_db(transaction=True)
TICK_S, TICKS, MOVES = 2.0, 12 if IS_FULL else 3, 20


@pytest.fixture(autouse=True)
def _own_heads(settings, tmp_path):
    settings.STATE_DIR = tmp_path


def test_what_happens_by_the_clock_happens_once(proof_scene, report, settings):
    make_kind(lambda ctx: None, "proof.job")
    person = EmployeeFactory()
    lost = ask(person, "proof.job")
    OutboxMessage.objects.update(dead_at=timezone.now())
    broken_off = ImportRun.objects.create(
        resource="organization.store", file_name="a.csv", sha256="0" * 64, uploaded_by=person
    )
    ImportRun.objects.update(uploaded_at=timezone.now() - timedelta(hours=1))
    other = BranchFactory()
    stores = StoreFactory.create_batch(MOVES)
    StoreBranch.objects.update(branch=other, days=DateRange(LONG_AGO, None))

    with proof_scene(PROOF_CLOCK_S=str(TICK_S)) as here:
        settings.STATE_DIR = here.folder
        for name in ("one", "two"):
            here.start_worker(name, queues="default,jobs,monitoring.0")
            here.start_beat(f"beat-{name}")
        begun = timezone.now()
        wait_for(lambda: Job.objects.exclude(state="queued").exists() and Sample.objects.exists(), 90)
        time.sleep(TICK_S * TICKS)
        wait_for(lambda: AuditEntry.objects.count() == AuditSeal.objects.count(), 20)
    lasted = (timezone.now() - begun).total_seconds()

    lost.refresh_from_db(), broken_off.refresh_from_db()
    moved = AuditEntry.objects.filter(act="store.branch_followed")
    machine = Machine.objects.get(transport=TransportKind.LOCAL)
    samples = Sample.objects.filter(machine_id=machine.pk).count()
    pings = OutboxMessage.objects.filter(kind="core.ping").count()
    report |= {
        "ticks": TICKS,
        "moves": moved.count(),
        "pings": pings,
        "samples": samples,
        "entries_sealed": AuditSeal.objects.count(),
    }
    assert sorted(moved.values_list("object_uuid", flat=True)) == sorted(store.uuid for store in stores)
    assert AuditEntry.objects.filter(act="machine.added").count() == 1
    assert (lost.state, broken_off.state) == ("failed", "refused")
    assert Notification.objects.filter(person=person).count() == 1
    assert 1 <= pings <= lasted / 30 + 2
    assert 1 <= samples <= lasted / machine.interval_s + 2
    assert verify().broken_at is None
