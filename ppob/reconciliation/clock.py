"""What happens by itself: files in the watched folder are taken, and each biller's days are compared at its own hour."""

import hashlib
import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import structlog
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from core import outbox
from core.events import announce
from core.exceptions import GeraiError
from core.wording import in_each_language
from ppob.business_days import bounds_of, business_day
from ppob.choices import FileSource
from ppob.events import SettlementOverdue
from ppob.models import Biller, BillerDay, ReconciliationRun, SettlementFile, SettlementProfile, Transaction
from ppob.reconciliation.calendar import days_due, due_at
from ppob.reconciliation.exceptions import AlreadyRunning, NoFile
from ppob.reconciliation.intake import receive_file
from ppob.reconciliation.running import run_day

FILE_MISSING, FILE_REFUSED = "ppob.settlement_missing", "ppob.settlement_refused"
# It should have been settled by now, and the file has still not come.
FILE_OVERDUE = "ppob.settlement_overdue"
# A file that is still being written is left alone.
QUIET_S = 10
_DATE = re.compile(r"(?<!\d)(20\d\d)-?(\d\d)-?(\d\d)(?!\d)")
log = structlog.get_logger(__name__)


def reconcile_due_days(now: datetime | None = None) -> int:
    """Beat's tick; idempotent. How many runs it made: days whose hour has come, and days whose file came late."""
    now = now or timezone.now()
    made = 0
    profiles = SettlementProfile.objects.filter(is_active=True, biller__is_active=True).select_related(
        "biller"
    )
    for profile in profiles.order_by("biller__code"):
        take_from_folder(profile.biller, now)
        for day in days_due(profile, now):
            made += _reconcile(profile, day, now)
    return made


def take_from_folder(biller: Biller, now: datetime) -> int:
    """Files that lie there come in, and are put aside: into `done`, or into `refused` with people told; how many."""
    folder = Path(settings.SETTLEMENT_FOLDER) / biller.code
    if not folder.is_dir():
        return 0
    taken = 0
    for path in sorted(folder.iterdir()):
        if not path.is_file() or path.is_symlink() or path.name.startswith("."):
            continue
        if now.timestamp() - path.stat().st_mtime < QUIET_S:
            continue
        day = day_named(path.name) or business_day(biller, now) - timedelta(days=1)
        try:
            with path.open("rb") as stream:
                receive_file(
                    biller=biller, day=day, stream=stream, name=path.name, source=FileSource.FOLDER, adds=True
                )
        except GeraiError as error:
            _put_aside(path, "refused")
            told = {
                "biller": biller.pk, "name": biller.name, "day": day.isoformat(), "file": path.name,
                "why": in_each_language(error),
            }  # fmt: skip
            with transaction.atomic():
                outbox.enqueue(
                    FILE_REFUSED, key=f"{biller.code}-{short(path.name)}-{now:%Y%m%d}", payload=told
                )
        else:
            _put_aside(path, "done")
            taken += 1
    return taken


def short(name: str) -> str:
    """A file's name in a key, however long it is."""
    return hashlib.sha256(name.encode(errors="surrogateescape")).hexdigest()[:24]


def day_named(name: str) -> date | None:
    """The first date in a file's name."""
    for found in _DATE.finditer(name):
        try:
            return date(*map(int, found.groups()))
        except ValueError:
            continue
    return None


def _reconcile(profile: SettlementProfile, day: date, now: datetime) -> bool:
    """Run it when it was never run, or when a file has come since."""
    biller = profile.biller
    if BillerDay.objects.filter(biller=biller, business_on=day, signed_at__isnull=False).exists():
        return False
    last = ReconciliationRun.objects.filter(biller=biller, business_on=day).order_by("-number").first()
    files = SettlementFile.objects.filter(biller=biller, business_on=day, is_replaced=False)
    if last is not None and not files.exclude(pk__in=last.files).exists():
        return False
    try:
        run_day(biller=biller, day=day)
    except NoFile:
        if sold_on(biller, day):
            _ask_for_file(biller, day, is_overdue=now >= due_at(profile, day))
        return False
    except AlreadyRunning:
        return False
    except GeraiError as error:
        log.warning("reconciliation_refused", biller=biller.code, day=day.isoformat(), why=str(error))
        return False
    return True


def _ask_for_file(biller: Biller, day: date, *, is_overdue: bool) -> None:
    """First a reminder to accountants; when the deadline is over, a problem for the helpdesk. Each once a day of sales."""
    told: dict[str, Any] = {"biller": biller.pk, "name": biller.name, "day": day.isoformat()}
    key = f"{biller.code}-{day}"
    with transaction.atomic():
        outbox.enqueue(FILE_MISSING, key=key, payload=told)
        if is_overdue and outbox.enqueue(FILE_OVERDUE, key=key, payload=told):
            announce(SettlementOverdue(biller_id=biller.pk, business_on=day))


def sold_on(biller: Biller, day: date) -> bool:
    start, end = bounds_of(biller, day)
    return Transaction.objects.filter(
        biller=biller, business_on=day, occurred_at__gte=start, occurred_at__lt=end
    ).exists()


def _put_aside(path: Path, where: str) -> None:
    target = path.parent / where
    target.mkdir(exist_ok=True)
    stamp = datetime.now(UTC)
    path.rename(target / f"{stamp:%Y%m%dT%H%M%S}-{path.name}")
