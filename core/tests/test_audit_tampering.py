"""Everything that SQL as the owner with triggers off can do to sealed entries is found.

AUDIT_TAMPERS says how many random ones are tried, and AUDIT_SEED which; two hundred take some seconds.
"""

import os
import random
from datetime import timedelta

import pytest
from django.db import connections, transaction
from django.utils import timezone

from core import audit
from core.audit.erasing import erase_personal
from core.audit.sealing import seal_entries
from core.audit.verifying import verify
from core.models import AuditEntry, AuditSeal, Via
from organization.tests.factories import EmployeeFactory, StoreFactory

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])

TAMPERS = int(os.environ.get("AUDIT_TAMPERS", "200"))
SEED = int(os.environ.get("AUDIT_SEED", "20261122"))
ENTRIES = 40

OTHER_VALUES = {
    "core_auditentry": {
        "id": "id + 1000000",
        "at": "at + interval '1 microsecond'",
        "actor_id": "actor_id + 1",
        "actor_uuid": "gen_random_uuid()",
        "act": "act || 'x'",
        "object_kind": "'organization.branch'",
        "object_uuid": "gen_random_uuid()",
        "via": "CASE via WHEN 'api' THEN 'page' ELSE 'api' END",
        "request_id": "request_id || 'x'",
        "address": "'198.51.100.9'",
        "reason": "reason || ' '",
        "changes": "changes || '{\"name\": [1, 2]}'",
        "salt": "'\\x00112233445566778899aabbccddeeff'",
        "changes_digest": "sha256(changes_digest)",
        "mac": "sha256(mac)",
    },
    "core_auditseal": {
        "seal_no": "seal_no + 1000000",
        "entry_id": "entry_id + 1000000",
        "entry_at": "entry_at + interval '1 microsecond'",
        "entry_digest": "sha256(entry_digest)",
        "digest": "sha256(digest)",
        "mac": "sha256(mac)",
        "sealed_at": "sealed_at + interval '1 second'",
    },
}
SWAPPED = {
    "core_auditentry": ["at", "actor_id, actor_uuid", "object_uuid", "changes, salt", "changes, salt, reason, address, changes_digest",
                        "changes_digest, mac", "request_id"],
    "core_auditseal": ["entry_digest", "digest, mac", "entry_id, entry_at", "entry_id, entry_at, entry_digest"],
}  # fmt: skip
KEYS = {"core_auditentry": "id", "core_auditseal": "seal_no"}


@pytest.fixture(autouse=True)
def _heads_of_this_test(settings, tmp_path):
    settings.STATE_DIR = tmp_path


@pytest.fixture
def trail():
    """Forty sealed entries of several people, doors and batches."""
    people, store = [EmployeeFactory() for _ in range(3)], StoreFactory()
    for n in range(ENTRIES):
        with (
            transaction.atomic(),
            audit.acting(Via.PAGE, address=f"203.0.113.{n}", request_id=f"request-{n}"),
        ):
            audit.record(people[n % 3], f"thing.done_{n % 4}", people[n % 2] if n % 5 else store,
                         {"phone": (f"08{n}", f"08{n + 1}")}, reason=f"Because {n}")  # fmt: skip
        if n % 15 == 14:
            seal_entries()
    seal_entries()
    assert verify().broken_at is None


@pytest.fixture
def owner():
    """As the owner, with triggers off."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        yield cursor
        cursor.execute("RESET session_replication_role")


def alter(owner, pick):
    table = pick.choice(list(OTHER_VALUES))
    column = pick.choice(list(OTHER_VALUES[table]))
    where = f"{KEYS[table]} = {row_of(owner, table, pick)}"
    change = f"UPDATE {table} SET {column} = {OTHER_VALUES[table][column]} WHERE {where}"
    if column in ("actor_id", "actor_uuid", "salt", "changes"):
        change += f" AND {column} IS NOT NULL"
    return change


def delete(owner, pick):
    table = pick.choice(list(KEYS))
    return f"DELETE FROM {table} WHERE {KEYS[table]} = {row_of(owner, table, pick)}"


def delete_both(owner, pick):
    """The entry and its seal, with the numbers after it closed up."""
    number = row_of(owner, "core_auditseal", pick)
    return (
        f"DELETE FROM core_auditentry WHERE id = (SELECT entry_id FROM core_auditseal WHERE seal_no = {number});"
        f"DELETE FROM core_auditseal WHERE seal_no = {number};"
        f"UPDATE core_auditseal SET seal_no = -seal_no WHERE seal_no > {number};"
        "UPDATE core_auditseal SET seal_no = -seal_no - 1 WHERE seal_no < 0"
    )


def insert(owner, pick):
    """A forged row: a copy of another, sealed or not, told of somebody else or not."""
    source = row_of(owner, "core_auditentry", pick)
    at = pick.choice(["at", "at + interval '1 millisecond'", "now()"])
    act = pick.choice(["act", "'account.unfrozen'"])
    return (
        "INSERT INTO core_auditentry (at, actor_id, actor_uuid, act, object_kind, object_uuid, via, request_id, address,"
        f" reason, changes, salt, changes_digest, mac) SELECT {at}, actor_id, actor_uuid, {act}, object_kind, object_uuid,"
        f" via, request_id, address, reason, changes, salt, changes_digest, mac FROM core_auditentry WHERE id = {source}"
    )


def swap(owner, pick):
    """Two rows exchange what they say."""
    table = pick.choice(list(SWAPPED))
    columns, key = pick.choice(SWAPPED[table]), KEYS[table]
    one, two = pick.sample(keys_of(owner, table), 2)
    names = columns.split(", ")
    moved = ", ".join(f"{name} = other.{name}" for name in names)
    mine, theirs = (", ".join(f"{side}.{name}" for name in names) for side in ("mine", "other"))
    return (
        "ALTER TABLE core_auditseal DROP CONSTRAINT audit_sealed_once;"
        f"UPDATE {table} mine SET {moved} FROM (SELECT * FROM {table} WHERE {key} IN ({one}, {two})) other"
        f" WHERE mine.{key} IN ({one}, {two}) AND other.{key} <> mine.{key} AND ({mine}) IS DISTINCT FROM ({theirs})"
    )


def reorder(owner, pick):
    """Two entries exchange their numbers."""
    one, two = pick.sample(keys_of(owner, "core_auditentry"), 2)
    return f"UPDATE core_auditentry SET id = CASE id WHEN {one} THEN {two} ELSE {one} END WHERE id IN ({one}, {two})"


def cut_the_tail(owner, pick):
    keep = ENTRIES - pick.randint(1, 12)
    return (
        f"DELETE FROM core_auditentry WHERE id IN (SELECT entry_id FROM core_auditseal WHERE seal_no > {keep});"
        f"DELETE FROM core_auditseal WHERE seal_no > {keep}"
    )


def pretend_erasure(owner, pick):
    """Emptied as an erasure would, with or without a forged entry that says so."""
    entry = row_of(owner, "core_auditentry", pick)
    change = f"UPDATE core_auditentry SET changes = NULL, salt = NULL, reason = '', address = NULL WHERE id = {entry}"
    if pick.random() < 0.5:
        return change
    return change + (
        ";INSERT INTO core_auditentry (at, act, object_kind, object_uuid, via, request_id, reason, changes, salt,"
        " changes_digest, mac) SELECT now(), 'audit.erased', object_kind, object_uuid, via, '', '', jsonb_build_object("
        " 'entries', jsonb_build_array(null, jsonb_build_array(jsonb_build_array(id,"
        " to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US') || '+00:00'))),"
        f" 'proof', jsonb_build_array(null, repeat('00', 32))), mac, mac, mac FROM core_auditentry WHERE id = {entry}"
    )


def empty_everything(owner, pick):
    return "TRUNCATE core_auditseal; TRUNCATE core_auditentry"


def row_of(owner, table, pick):
    return pick.choice(keys_of(owner, table))


def keys_of(owner, table):
    owner.execute(f"SELECT {KEYS[table]} FROM {table} ORDER BY 1")
    return [key for (key,) in owner.fetchall()]


WAYS = [alter] * 6 + [
    delete,
    delete_both,
    insert,
    insert,
    swap,
    swap,
    reorder,
    cut_the_tail,
    pretend_erasure,
    empty_everything,
]


def columns_one_by_one():
    return [
        f"UPDATE {table} SET {column} = {value} WHERE {KEYS[table]} = (SELECT min({KEYS[table]}) + 7 FROM {table})"
        for table, columns in OTHER_VALUES.items()
        for column, value in columns.items()
    ]


def is_found(owner, statement):
    """Whether the verifier, which sees what the owner has just done, says so; None if it changed nothing. Then undone."""
    with transaction.atomic(using="owner"):
        for part in filter(None, statement.split(";")):
            owner.execute(part)
        found = verify(using="owner").broken_at is not None if owner.rowcount else None
        transaction.set_rollback(True, using="owner")
    return found


def test_every_random_tampering_is_found(trail, owner):
    pick = random.Random(SEED)
    missed = []
    for number in range(TAMPERS):
        way = WAYS[number] if number < len(WAYS) else pick.choice(WAYS)
        statement = way(owner, pick)
        while (found := is_found(owner, statement)) is None:
            statement = way(owner, pick)
        if not found:
            missed.append(statement)
    assert missed == []
    assert verify().broken_at is None


@pytest.mark.parametrize(
    "statement", columns_one_by_one(), ids=lambda text: text.split(" = ")[0].removeprefix("UPDATE ")
)
def test_no_column_can_be_altered_unseen(trail, owner, statement):
    assert is_found(owner, statement) is True


def test_a_forged_entry_is_found_even_after_beat_has_sealed_it(trail, owner):
    owner.execute(insert(owner, random.Random(1)))
    seal_entries()
    assert AuditEntry.objects.count() == AuditSeal.objects.count()
    assert verify().broken_at["fault"] == "the entry was not written by the portal"


def test_a_chain_rebuilt_without_the_key_is_found(trail, owner, settings):
    right = settings.AUDIT_KEYS
    owner.execute("DELETE FROM core_auditentry WHERE act = 'thing.done_3'; TRUNCATE core_auditseal")
    settings.AUDIT_KEYS = ["the attacker's own"]
    seal_entries()
    settings.AUDIT_KEYS = right
    assert verify().broken_at["fault"] == "the seal is not signed by our key"


def test_entries_of_an_old_key_stay_good_after_a_new_one(trail, settings):
    settings.AUDIT_KEYS = ["new", *settings.AUDIT_KEYS]
    with transaction.atomic():
        audit.record(None, "thing.done_0", StoreFactory())
    seal_entries()
    assert verify().broken_at is None


def test_erasing_personal_data_leaves_the_chain_whole(trail):
    person = EmployeeFactory()
    with transaction.atomic():
        audit.record(None, "object.changed", person, {"phone": ("0811", "0822")}, reason="Called in")
        audit.record(None, "object.changed", person, {"job_title": ("Staf", "Kasir")})
    seal_entries()

    erased = erase_personal(
        kind="organization.employee", uuid=person.uuid, before=timezone.now(), actor=None, reason="Asked"
    )

    assert erased == 1
    entry = AuditEntry.objects.filter(object_uuid=person.uuid).earliest("id")
    assert (entry.changes, entry.salt, entry.reason, entry.address) == (None, None, "", None)
    seal_entries()
    verdict = verify()
    assert (verdict.broken_at, verdict.erased) == (None, 1)
    assert AuditEntry.objects.get(act="audit.erased").reason == "Asked"


def test_a_month_dropped_by_retention_leaves_the_chain_whole(trail, owner):
    owner.execute("DELETE FROM core_auditentry WHERE id <= (SELECT min(id) + 9 FROM core_auditentry)")
    assert verify().broken_at["fault"] == "the sealed entry is gone"
    assert verify(kept_for=timedelta(0)).broken_at is None
