"""Saved reports: kept, changed, deleted, and made — when somebody asks, or by the clock, once."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from core import audit
from core.jobs import start_job
from core.templatetags.gerai import short_date
from organization.models import Employee
from ppob.exceptions import NameTaken
from ppob.models import SavedReport
from ppob.selectors.reports import due_reports, period_of, readers_of, slot_of

JOB = "ppob.saved_report"


@transaction.atomic
def save_report(*, owner: Employee, recipients: Collection[Employee], **fields: Any) -> SavedReport:
    """Keep a report under a name of the owner's. It is made for the first time when it is next due. Raises NameTaken."""
    report = SavedReport(owner=owner, **fields)
    report.made_for = slot_of(report.frequency, report.hour)
    _write(report)
    report.recipients.set(recipients)
    facts = {**fields, "recipients": _niks(recipients)}
    audit.record(owner, "report.saved", report, {name: (None, value) for name, value in facts.items()})
    return report


@transaction.atomic
def change_report(
    *, report: SavedReport, new: Mapping[str, Any], recipients: Collection[Employee], actor: Employee
) -> bool:
    """Give it these values; whether any was another one. Another rhythm begins with its next day. Raises NameTaken."""
    report = SavedReport.objects.select_for_update().get(pk=report.pk)
    changes = audit.changed(report, **new)
    before, after = _niks(report.recipients.all()), _niks(recipients)
    if before != after:
        changes["recipients"] = (before, after)
    if not changes:
        return False
    for name, value in new.items():
        setattr(report, name, value)
    if changes.keys() & {"frequency", "hour"}:
        report.made_for = slot_of(report.frequency, report.hour)
    _write(report)
    report.recipients.set(recipients)
    audit.record(actor, "report.changed", report, changes)
    return True


@transaction.atomic
def delete_report(*, report: SavedReport, actor: Employee) -> None:
    """What it made stays in the jobs of those who received it."""
    report = SavedReport.objects.select_for_update().get(pk=report.pk)
    audit.record(actor, "report.deleted", report, {"name": (report.name, None)})
    report.delete()


def run_report(*, report: SavedReport, actor: Employee) -> Any:
    """Have it made now, for whoever asks alone; the job. Raises PermissionDenied."""
    return _start(report, actor, day=None)


def run_due_reports(now: datetime | None = None) -> int:
    """Have those made that are due, for each that may still have it; how many reports.

    A day is claimed in the transaction that starts its jobs: of two clocks one does it, and a death between them undoes
    both.
    """
    now = now or timezone.now()
    made = 0
    for report in due_reports():
        slot = slot_of(report.frequency, report.hour, now)
        if slot and (report.made_for is None or report.made_for < slot):
            made += _make(report, slot)
    return made


@transaction.atomic
def _make(report: SavedReport, slot: date) -> bool:
    claimed = SavedReport.objects.filter(
        Q(made_for=None) | Q(made_for__lt=slot), pk=report.pk, is_active=True
    ).update(made_for=slot)
    if not claimed:
        return False
    for person in readers_of(report):
        try:
            _start(report, person, day=slot)
        except PermissionDenied:
            continue  # who lost the right is not told what they would have read
    return True


def _start(report: SavedReport, person: Employee, *, day: date | None) -> Any:
    period = period_of(report.frequency, day)
    days = short_date(period.first)
    if period.last != period.first:
        days = f"{days} – {short_date(period.last)}"
    params = {
        "report": report.pk,
        "since": period.first.isoformat(),
        "until": period.last.isoformat(),
    }
    return start_job(JOB, actor=person, params=params, title=f"{report.name} ({days})")


def _write(report: SavedReport) -> None:
    """The database is the judge of what is taken: two clicks at once see no rival."""
    try:
        with transaction.atomic():
            report.save()
    except IntegrityError as error:
        if "saved_report_name_once" in str(error):
            raise NameTaken from error
        raise


def _niks(people: Any) -> list[str]:
    return sorted(person.nik for person in people)
