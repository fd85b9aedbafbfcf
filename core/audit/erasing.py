"""Personal data leaves the trail and the trail stays whole: `changes`, `reason`, `address` and the salt go, by the owner
and with an entry of its own that names every entry erased, signed, so that an alteration cannot pass for an erasure."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connections, transaction

from core.audit import digests
from core.audit.kinds import personal_fields
from core.audit.recording import Ref, record

ACT = "audit.erased"
OWNER = "owner"
AT_ONCE = 500


def erase_personal(
    *, kind: str, uuid: UUID, before: datetime, actor: Any, reason: str, using: str = OWNER
) -> int:
    """Erase what entries about this object, older than `before`, hold of its personal fields; how many entries.

    Runs as the owner of the tables: the application has no right to. An erasure's own entry is never erased.
    """
    total = 0
    while count := _erase_some(Ref(kind, uuid), before, actor, reason, using):
        total += count
    return total


@transaction.atomic(using=OWNER)
def _erase_some(of: Ref, before: datetime, actor: Any, reason: str, using: str) -> int:
    with connections[using].cursor() as cursor:
        cursor.execute(
            "SELECT id, at FROM core_auditentry WHERE object_kind = %s AND object_uuid = %s AND at < %s"
            " AND changes ?| %s AND act <> %s ORDER BY at, id LIMIT %s FOR UPDATE",
            [of.kind, of.uuid, before, sorted(personal_fields(of.kind)), ACT, AT_ONCE],
        )
        rows = cursor.fetchall()
        if not rows:
            return 0
        erased = [(entry_id, digests.stamp(at)) for entry_id, at in rows]
        record(
            actor,
            ACT,
            of,
            {"entries": (None, erased), "proof": (None, digests.erasure_proof(erased))},
            reason,
            using=using,
        )
        cursor.executemany(
            "UPDATE core_auditentry SET changes = NULL, salt = NULL, address = NULL, reason = ''"
            " WHERE id = %s AND at = %s",
            rows,
        )
    return len(rows)


class Erasures:
    """Which entries an erasure speaks of. Erasures are few; they are read when the first erased entry is met."""

    def __init__(self, using: str) -> None:
        self.using = using
        self.known: set[tuple[int, str]] | None = None

    def cover(self, entry_id: int, at: datetime) -> bool:
        if self.known is None:
            self.known = self._read()
        return (entry_id, digests.stamp(at)) in self.known

    def _read(self) -> set[tuple[int, str]]:
        with connections[self.using].cursor() as cursor:
            cursor.execute("SELECT changes FROM core_auditentry WHERE act = %s", [ACT])
            found = [digests.from_json(changes) for (changes,) in cursor.fetchall() if changes]
        known: set[tuple[int, str]] = set()
        for changes in found:
            entries = [tuple(entry) for entry in changes["entries"][1]]
            if digests.is_signed(digests.erasure_part(entries), bytes.fromhex(changes["proof"][1])):
                known.update(entries)
        return known
