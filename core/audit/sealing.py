"""Entries become links of a chain in batches, afterwards: whoever writes an entry never waits for the chain.

Entries are found by having no seal, not by their number: numbers are given out before the commit, so a smaller one may
come later. A seal's number is the order of sealing, and `audit_sealed_once` lets no entry in twice.
"""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.utils import timezone

from core.audit import digests, heads
from core.models.audit import AuditSeal

BATCH = 1000
# Longer than any transaction of ours lives (a task is stopped after 15 minutes).
LOOK_BACK = timedelta(minutes=20)
# One sealer at a time; another finds nothing to do and comes again. Used nowhere else.
_ADVISORY_LOCK = 7_420_115
GENESIS = b"\0" * 32

LASTING = "at, actor_id, actor_uuid, act, object_kind, object_uuid, via, request_id, changes_digest"
_UNSEALED = f"""
    SELECT id, mac, {LASTING} FROM core_auditentry entry
     WHERE at >= %s AND NOT EXISTS (
        SELECT FROM core_auditseal WHERE entry_id = entry.id AND entry_at = entry.at)
     ORDER BY at, id LIMIT {BATCH}
"""  # noqa: S608  column names of our own list


_OLDEST = """
    SELECT extract(epoch FROM now() - min(at)) FROM core_auditentry entry
     WHERE at >= %s AND NOT EXISTS (
        SELECT FROM core_auditseal WHERE entry_id = entry.id AND entry_at = entry.at)
"""


class Sealable(NamedTuple):
    """A row as `_UNSEALED` and the verifier read it."""

    id: int
    mac: bytes
    lasting: tuple[Any, ...]

    @classmethod
    def of(cls, row: tuple[Any, ...]) -> "Sealable":
        return cls(row[0], bytes(row[1]), (*row[2:-1], bytes(row[-1])))

    @property
    def at(self) -> datetime:
        return self.lasting[0]

    @property
    def digest(self) -> bytes:
        return digests.entry_digest(self.id, digests.lasting_part(*self.lasting), self.mac)


def oldest_unsealed_s(*, using: str = DEFAULT_DB_ALIAS) -> float:
    """How many seconds the oldest entry of the last minutes has waited for its seal; 0 when none waits."""
    with connections[using].cursor() as cursor:
        cursor.execute(_OLDEST, [timezone.now() - LOOK_BACK])
        return float(cursor.fetchone()[0] or 0)


def seal_entries(*, everything: bool = False, using: str = DEFAULT_DB_ALIAS) -> int:
    """Seal what is not sealed yet, of the last minutes or of all time; how many. Call it outside a transaction."""
    since = timezone.now() - timedelta(days=36525) if everything else timezone.now() - LOOK_BACK
    sealed = 0
    while count := _seal_batch(since, using):
        sealed += count
        if count < BATCH:
            break
    return sealed


def _seal_batch(since: datetime, using: str) -> int:
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_ADVISORY_LOCK])
        if not cursor.fetchone()[0]:
            return 0
        cursor.execute(_UNSEALED, [since])
        entries = [Sealable.of(row) for row in cursor.fetchall()]
        seals = _links(AuditSeal.objects.using(using).order_by("-seal_no").first(), entries)
        AuditSeal.objects.using(using).bulk_create(seals)
    if seals:
        # After the commit: a head of seals that were rolled back would look like a tail that somebody cut off.
        heads.append(seals[-1])
    return len(seals)


def _links(last: AuditSeal | None, entries: list[Sealable]) -> list[AuditSeal]:
    number, previous = (last.seal_no, bytes(last.digest)) if last else (0, GENESIS)
    now, seals = timezone.now(), []
    for entry in entries:
        number += 1
        digest = entry.digest
        previous = digests.link_digest(previous, number, entry.id, entry.at, digest, now)
        seals.append(
            AuditSeal(
                seal_no=number,
                entry_id=entry.id,
                entry_at=entry.at,
                entry_digest=digest,
                digest=previous,
                mac=digests.signed(previous),
                sealed_at=now,
            )
        )
    return seals
