"""A settlement file comes in: known by its content, kept under its hash, its lines staged as evidence. All or nothing."""

import hashlib
import os
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from core import audit
from core.partitions import tables_of
from ppob.exceptions import DaySigned
from ppob.models import Biller, BillerDay, SettlementFile, SettlementProfile
from ppob.reconciliation.exceptions import NoProfile
from ppob.reconciliation.layout import layout_of
from ppob.reconciliation.lines import Totals
from ppob.reconciliation.rows import COLUMNS, rows_of

# `staged_at` is what PostgreSQL calls now, the same for all lines, and so it is not written a million times.
_COPY = f"COPY ppob_settlement_line (file_id, {', '.join(COLUMNS)}) FROM STDIN"
# Advisory lock: files of one biller come in one after another.
_LOCK = 742_109


class Received(NamedTuple):
    """The file, and whether its content was known before."""

    file: SettlementFile
    known: bool


def receive_file(
    *,
    biller: Biller,
    day: date,
    stream: BinaryIO,
    name: str,
    source: str,
    actor: Any = None,
    adds: bool = False,
    watch: Callable[[int, int], None] = lambda read, size: None,
) -> Received:
    """Stage a file that was brought for this business day. `adds`: beside the day's other files; otherwise it replaces them.
    `watch` is told how many bytes of how many were read, and may raise to stop.

    A file of the same content is recognised: nothing is staged again, and it counts again if it had been replaced.
    Raises FileRefused, NoProfile, DaySigned.
    """
    profile = SettlementProfile.objects.select_related("biller").filter(biller=biller).first()
    if profile is None:
        raise NoProfile
    sha256, size = _keep(stream)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK, biller.pk])
        if BillerDay.objects.filter(biller=biller, business_on=day, signed_at__isnull=False).exists():
            raise DaySigned(day=day)
        file = SettlementFile.objects.filter(biller=biller, sha256=sha256).first()
        known = file is not None
        if file is None:
            with stored_path(sha256).open("rb") as content:
                file = _stage(
                    profile, content, day=day, name=name, sha256=sha256, size=size, source=source, actor=actor, watch=watch,
                )  # fmt: skip
        elif file.is_replaced:
            SettlementFile.objects.filter(pk=file.pk).update(is_replaced=False)
            file.is_replaced = False
        if not adds:
            older = SettlementFile.objects.filter(
                biller=biller, business_on=file.business_on, is_replaced=False
            )
            older.exclude(pk=file.pk).update(is_replaced=True)
        if not known:
            told = {
                "name": (None, file.name),
                "business_on": (None, file.business_on),
                "lines": (None, file.lines),
            }
            audit.record(actor, "settlement.received", file, told)
    return Received(file, known)


def stored_path(sha256: str) -> Path:
    return Path(settings.MEDIA_ROOT) / "settlements" / sha256


def _keep(stream: Any) -> tuple[str, int]:
    """Written beside and renamed: under its hash stands the whole file or none."""
    stream.seek(0)
    sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
    path = stored_path(sha256)
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        part = path.with_suffix(f".{os.getpid()}.part")
        stream.seek(0)
        with part.open("wb") as target:
            while chunk := stream.read(1 << 20):
                target.write(chunk)
        part.replace(path)
    return sha256, path.stat().st_size


def _partition_of(staged_at: datetime) -> str:
    table = next(one for one in tables_of("ppob") if one.table == "ppob_settlement_line")
    return table.name_of(table.first_day_of(staged_at))


def _stage(
    profile: SettlementProfile, content: BinaryIO, *, day: date, name: str, sha256: str, size: int, source: str, actor: Any,
    watch: Callable[[int, int], None],
) -> SettlementFile:  # fmt: skip
    totals = Totals()
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('ppob_settlementfile', 'id')), now()")
        pk, staged_at = cursor.fetchone()
        with cursor.copy(_COPY) as copy:
            for block in rows_of(content, layout_of(profile), totals, head=f"{pk}\t"):
                copy.write(block)
                watch(content.tell(), size)
        cursor.execute("SELECT recon_count_lines(%s)", [_partition_of(staged_at)])
    return SettlementFile.objects.create(
        pk=pk, biller_id=profile.biller_id, business_on=day, name=name[-200:], sha256=sha256, size=size, source=source,
        received_at=timezone.now(), staged_at=staged_at, received_by=actor, lines=totals.lines, rejected=totals.rejected, amount=totals.amount,
        closing=totals.closing, first_on=totals.first_on, last_on=totals.last_on,
    )  # fmt: skip
