"""Sealing: every entry once, whatever the order of commits, and the head outside the database."""

import json
from concurrent.futures import ThreadPoolExecutor
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connections, transaction

from core import audit
from core.audit import heads
from core.audit.sealing import seal_entries
from core.audit.verifying import verify
from core.models import AuditEntry, AuditSeal
from organization.tests.factories import StoreFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _heads_of_this_test(settings, tmp_path):
    settings.STATE_DIR = tmp_path


def written(store, count):
    with transaction.atomic():
        for n in range(count):
            audit.record(None, "object.changed", store, {"name": (n, n + 1)})


def test_entries_of_twenty_threads_are_all_sealed_once():
    store = StoreFactory()

    def work(n):
        try:
            for _ in range(5):
                written(store, 1)
                if n % 5 == 0:
                    seal_entries()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(20) as pool:
        list(pool.map(work, range(20)))
    seal_entries()

    assert AuditEntry.objects.count() == AuditSeal.objects.count() == 100
    assert set(AuditSeal.objects.values_list("entry_id", flat=True)) == set(
        AuditEntry.objects.values_list("id", flat=True)
    )
    verdict = verify()
    assert (verdict.entries, verdict.seals, verdict.unsealed, verdict.broken_at) == (100, 100, 0, None)


def test_an_entry_committed_late_with_a_smaller_number_is_still_sealed():
    store = StoreFactory()
    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        audit.record(None, "object.changed", store)

        def meanwhile():
            try:
                written(store, 1)
                return seal_entries()
            finally:
                connections.close_all()

        assert pool.submit(meanwhile).result() == 1
    assert seal_entries() == 1
    assert list(AuditSeal.objects.order_by("seal_no").values_list("entry_id", flat=True)) == list(
        AuditEntry.objects.order_by("-id").values_list("id", flat=True)
    )
    assert verify().broken_at is None


def test_the_head_goes_to_the_file_after_each_batch():
    written(StoreFactory(), 3)
    seal_entries()
    last = AuditSeal.objects.order_by("seal_no").last()
    assert [(head.seal_no, head.digest) for head in heads.read()] == [(3, bytes(last.digest))]


def test_more_than_a_batch_is_sealed_and_walked(monkeypatch):
    monkeypatch.setattr("core.audit.sealing.BATCH", 4)
    written(StoreFactory(), 11)
    assert seal_entries() == 11
    assert verify().broken_at is None


def test_the_command_answers_in_json():
    written(StoreFactory(), 2)
    seal_entries()
    written(StoreFactory(), 1)
    out = StringIO()
    call_command("audit_verify", "--json", stdout=out)
    answer = json.loads(out.getvalue())
    assert (answer["entries"], answer["unsealed"], answer["broken_at"]) == (3, 1, None)
    assert answer["oldest_unsealed_s"] >= 0
