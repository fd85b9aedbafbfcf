"""Is the trail what it was? Walked from its first link to its last, a thousand rows at a time, and beyond it."""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.utils import timezone

from core.addresses import plain_ip
from core.audit import digests, erasing, heads
from core.audit.sealing import GENESIS, LASTING, Sealable

STEP = 1000
_COLUMNS = ", ".join(f"entry.{name.strip()}" for name in ("id", "mac", *LASTING.split(",")))
_SEALS = f"""
    SELECT seal.seal_no, seal.entry_id, seal.entry_at, seal.entry_digest, seal.digest, seal.mac, seal.sealed_at, {_COLUMNS}
      FROM core_auditseal seal
      LEFT JOIN core_auditentry entry ON entry.id = seal.entry_id AND entry.at = seal.entry_at
     WHERE seal.seal_no > %s ORDER BY seal.seal_no LIMIT {STEP}
"""  # noqa: S608  column names of our own list
_ENTRIES = f"""
    SELECT {_COLUMNS}, entry.salt, entry.changes, entry.reason, host(entry.address), seal.seal_no
      FROM core_auditentry entry
      LEFT JOIN core_auditseal seal ON seal.entry_id = entry.id AND seal.entry_at = entry.at
     WHERE (entry.at, entry.id) > (%s, %s) ORDER BY entry.at, entry.id LIMIT {STEP}
"""  # noqa: S608  the same
_BEGINNING = datetime.fromisoformat("0001-01-02T00:00:00+00:00")


@dataclass
class Verdict:
    """`broken_at` says where the first fault is and what it is; None when there is none."""

    entries: int = 0
    seals: int = 0
    heads: int = 0
    erased: int = 0
    unsealed: int = 0
    oldest_unsealed_s: float | None = None
    broken_at: dict[str, Any] | None = None
    faults: int = 0

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    def fault(self, what: str, **where: Any) -> None:
        self.faults += 1
        self.broken_at = self.broken_at or {**where, "fault": what}


def verify(
    *,
    using: str = DEFAULT_DB_ALIAS,
    kept_for: timedelta | None = None,
    watch: Callable[[Verdict], object] | None = None,
) -> Verdict:
    """Walk the chain, then the entries, then the heads. Reads only.

    An entry may be missing only when its whole month is older than the partitions are kept (`kept_for`). `watch` is
    called after each thousand rows with what is known so far.
    """
    verdict = Verdict()
    dropped_before = timezone.now() - (_kept() if kept_for is None else kept_for)
    expected = {head.seal_no: head.digest for head in heads.read()}
    watch = watch or (lambda so_far: None)
    _check_chain(verdict, using, dropped_before, expected, watch)
    for seal_no in sorted(expected):
        verdict.fault("the chain ends before this head", seal_no=seal_no)
    _check_entries(verdict, using, watch)
    return verdict


def _check_chain(
    verdict: Verdict,
    using: str,
    dropped_before: datetime,
    expected: dict[int, bytes],
    watch: Callable[[Verdict], object],
) -> None:
    number, previous = 0, GENESIS
    for row in _walk(_SEALS, using, (0,), lambda row: (row[0],)):
        seal_no, entry_id, entry_at, entry_digest, digest, mac, sealed_at = row[:7]
        where = {"seal_no": seal_no, "entry_id": entry_id}
        verdict.seals += 1
        if verdict.seals % STEP == 0:
            watch(verdict)
        if seal_no != number + 1:
            verdict.fault("a seal is missing before this one", **where)
        link = digests.link_digest(previous, seal_no, entry_id, entry_at, bytes(entry_digest), sealed_at)
        if link != bytes(digest):
            verdict.fault("the seal does not follow from the one before", **where)
        elif not digests.is_signed(link, bytes(mac)):
            verdict.fault("the seal is not signed by our key", **where)
        if row[7] is None:
            if entry_at >= dropped_before:
                verdict.fault("the sealed entry is gone", **where)
        elif Sealable.of(row[7:]).digest != bytes(entry_digest):
            verdict.fault("the entry is not the one that was sealed", **where)
        head = expected.pop(seal_no, None)
        if head is not None:
            verdict.heads += 1
            if head != bytes(digest):
                verdict.fault("the seal is not the one that the file of heads knows", **where)
        number, previous = seal_no, bytes(digest)


def _check_entries(verdict: Verdict, using: str, watch: Callable[[Verdict], object]) -> None:
    """What stands in an entry now, sealed or not; a row that was copied whole stands in its original's moment."""
    erasures = erasing.Erasures(using)
    moment, seen = _BEGINNING, set[bytes]()  # hundreds, where they were written together
    now = timezone.now()
    for row in _walk(_ENTRIES, using, (_BEGINNING, 0), lambda row: (row[2], row[0])):
        entry = Sealable.of(row[:11])
        salt, changes, reason, address, seal_no = row[11:]
        where = {"seal_no": seal_no, "entry_id": entry.id}
        verdict.entries += 1
        if verdict.entries % STEP == 0:
            watch(verdict)
        if not digests.is_signed(digests.lasting_part(*entry.lasting), entry.mac):
            verdict.fault("the entry was not written by the portal", **where)
        if entry.at != moment:
            moment, seen = entry.at, set()
        if entry.mac in seen:
            verdict.fault("the entry is a copy of another", **where)
        seen.add(entry.mac)
        if salt is None:
            verdict.erased += 1
            if reason or address or not erasures.cover(entry.id, entry.at):
                verdict.fault("changes are gone and no erasure says so", **where)
        elif not _holds(entry, bytes(salt), changes, reason, address):
            verdict.fault("changes, reason or address are not the recorded ones", **where)
        if seal_no is None:
            verdict.unsealed += 1
            if verdict.oldest_unsealed_s is None:
                verdict.oldest_unsealed_s = round((now - entry.at).total_seconds(), 1)


def _holds(entry: Sealable, salt: bytes, changes: str, reason: str, address: str | None) -> bool:
    text = digests.canonical(digests.from_json(changes))
    return digests.changes_digest(salt, text, reason, plain_ip(address or "")) == entry.lasting[-1]


def _walk(statement: str, using: str, start: tuple[Any, ...], key: Any) -> Iterator[tuple[Any, ...]]:
    """All rows by keyset: flat memory, and no statement that runs long."""
    while True:
        with connections[using].cursor() as cursor:
            cursor.execute(statement, start)
            rows = cursor.fetchall()
        yield from rows
        if len(rows) < STEP:
            return
        start = key(rows[-1])


def _kept() -> timedelta:
    from core.partitions import partitioned_tables

    return next(
        timedelta(days=table.keep_days) for table in partitioned_tables() if table.table == "core_auditentry"
    )
