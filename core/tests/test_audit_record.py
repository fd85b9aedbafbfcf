"""What an entry says, and that there is no change without its entry."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, connections, transaction

from core import audit
from core.append_only import is_separate_role
from core.models import AuditEntry, Via
from organization.choices import EmployeeStatus
from organization.tests.factories import EmployeeFactory, StoreFactory

pytestmark = pytest.mark.django_db


def test_an_entry_says_who_did_what_to_which_object_through_which_door():
    actor, store = EmployeeFactory(), StoreFactory()
    with audit.acting(Via.SOCKET, address="203.0.113.7", request_id="abc"):
        audit.record(actor, "store.renamed", store, {"name": ("Old", "New")}, reason="Typo")

    entry = AuditEntry.objects.get()
    assert (entry.actor_id, entry.actor_uuid) == (actor.pk, actor.uuid)
    assert (entry.act, entry.object_kind, entry.object_uuid) == (
        "store.renamed",
        "organization.store",
        store.uuid,
    )
    assert (entry.via, entry.address, entry.request_id) == ("socket", "203.0.113.7", "abc")
    assert (entry.reason, entry.changes) == ("Typo", {"name": ["Old", "New"]})


def test_a_command_needs_no_person():
    audit.record(None, "store.made", StoreFactory())
    entry = AuditEntry.objects.get()
    assert entry.actor_id is None
    assert entry.via == Via.COMMAND


def test_values_become_plain_and_a_person_becomes_a_reference():
    person, store = EmployeeFactory(name="Siti Aminah"), StoreFactory(code="T0001", name="Kemang")
    audit.record(
        None,
        "thing.changed",
        store,
        {
            "latitude": (Decimal("-6.9"), 1.5),
            "opened_on": (None, date(2026, 8, 29)),
            "status": (EmployeeStatus.ACTIVE, EmployeeStatus.FROZEN),
            "head": (None, person),
            "store": (None, store),
            "note": ("a\0b", True),
            "password": ("old", "new"),
        },
    )
    assert AuditEntry.objects.get().changes == {
        "latitude": ["-6.9", "1.5"],
        "opened_on": [None, "2026-08-29"],
        "status": ["active", "frozen"],
        "head": [None, {"kind": "organization.employee", "uuid": str(person.uuid)}],
        "store": [None, {"kind": "organization.store", "uuid": str(store.uuid), "text": "T0001 Kemang"}],
        "note": ["ab", True],
    }


def test_changed_leaves_out_what_stays():
    store = StoreFactory(name="Kemang", city="Jakarta")
    assert audit.changed(store, name="Kemang", city="Depok") == {"city": ("Jakarta", "Depok")}


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_nothing_is_recorded():
    store = StoreFactory()
    with pytest.raises(audit.NotInTransaction):
        audit.record(None, "store.made", store)
    assert not AuditEntry.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_an_entry_goes_with_the_change_it_speaks_of():
    store = StoreFactory()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        audit.record(None, "store.made", store)
        _ = 1 / 0
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize("what", ["UPDATE {} SET {} = {}", "DELETE FROM {}", "TRUNCATE {}"])
def test_the_application_can_neither_change_nor_take_away(what):
    assert is_separate_role()
    audit.record(None, "store.made", StoreFactory())
    for table, column in (*((name, "act") for name in entry_tables()), ("core_auditseal", "sealed_at")):
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            connection.cursor().execute(what.format(table, column, column))


@pytest.mark.django_db(databases=["default", "owner"], transaction=True)
@pytest.mark.parametrize("what", ["UPDATE {} SET act = 'x'", "DELETE FROM {}", "TRUNCATE {}"])
def test_the_owner_is_stopped_by_triggers_on_every_partition(what):
    store = StoreFactory()
    with transaction.atomic():
        audit.record(None, "store.made", store)
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT tableoid::regclass::text FROM core_auditentry")
        for table in ("core_auditentry", cursor.fetchone()[0]):
            with pytest.raises(DatabaseError, match="append-only"):
                cursor.execute(what.format(table))
        if what.startswith("TRUNCATE"):
            for table in entry_tables():
                with pytest.raises(DatabaseError, match="append-only"):
                    cursor.execute(what.format(table))


def entry_tables():
    """The parent and every partition."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT relid::regclass::text FROM pg_partition_tree('core_auditentry')")
        return [name for (name,) in cursor.fetchall()]
