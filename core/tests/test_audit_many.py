"""Entries written together are what each would be alone: the same words, and a signature that holds."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from django.db import connection, transaction

from core import audit
from core.audit import digests
from core.audit.many import _COPY, record_many
from core.audit.sealing import seal_entries
from core.audit.verifying import verify
from core.models import AuditEntry, Via
from organization.tests.factories import EmployeeFactory, StoreFactory

AWKWARD = 'tab\there, line\nthere, \r, back\\slash, \\N, \\., “kutip" — Ω {"a": 1}'


@pytest.fixture(autouse=True)
def _heads_of_this_test(settings, tmp_path):
    settings.STATE_DIR = tmp_path


def as_told(entry):
    return (entry.act, entry.actor_id, entry.actor_uuid, entry.via, entry.request_id, entry.address, entry.reason, entry.changes)  # fmt: skip


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("address", [None, "10.1.2.3"])
def test_many_entries_say_what_one_says_and_are_signed_as_it_is(address):
    stores, person = [StoreFactory(), StoreFactory()], EmployeeFactory()
    changes = {"name": (AWKWARD, None)}
    door = {"address": address, "request_id": "tab\tid"}
    with transaction.atomic(), audit.acting(Via.PAGE, **door):
        audit.record(person, "store.renamed", stores[0], changes, AWKWARD)
        told = [(store, changes) for store in stores]
        record_many(person, "store.renamed", [*told, (person, None)], AWKWARD)

    alone, *together, other = AuditEntry.objects.order_by("id")
    assert [as_told(entry) for entry in together] == [as_told(alone)] * 2
    assert [entry.object_uuid for entry in together] == [store.uuid for store in stores]
    assert (other.object_kind, other.object_uuid, other.changes) == (
        "organization.employee",
        person.uuid,
        {},
    )
    assert len({bytes(entry.salt) for entry in (alone, *together, other)}) == 4
    seal_entries()
    verdict = verify()
    assert (verdict.entries, verdict.unsealed, verdict.broken_at) == (4, 0, None)


def test_what_is_made_ready_once_is_signed_byte_for_byte_as_an_entry_of_its_own():
    at, uuid, digest = datetime(2026, 3, 1, 7, 30, 0, 5, tzinfo=UTC), uuid4(), b"\1" * 32
    for actor in ((None, None), (7, uuid4())):
        shared = (*actor, 'kata “kutip" \\', "organization.store", "page", "id\t1")
        alone = digests.lasting_part(at, *shared[:4], uuid, *shared[4:], digest)
        assert digests.lasting_parts(*shared)(digests.stamp(at), str(uuid), digest) == alone


@pytest.mark.django_db(transaction=True)
def test_a_copy_of_one_of_many_is_found():
    """Entries of a batch share their moment, so that others stand between an entry and its copy."""
    stores, person = [StoreFactory() for _ in range(3)], EmployeeFactory()
    with transaction.atomic():
        record_many(person, "store.renamed", [(store, None) for store in stores])
    columns = _COPY[_COPY.index("(") + 1 : _COPY.index(")")]
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO core_auditentry ({columns}) SELECT {columns} FROM core_auditentry ORDER BY id LIMIT 1"
        )
    first, *_others, copy = AuditEntry.objects.order_by("id")
    assert copy.mac == first.mac
    seal_entries()
    verdict = verify()
    assert (verdict.faults, verdict.broken_at["entry_id"]) == (1, copy.pk)
