"""Saved reports and the figures of each day."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Sum
from django.utils import timezone

from organization.choices import Role
from organization.models import Employee
from organization.selectors import holders_of
from ppob.access import reaches
from ppob.choices import Frequency
from ppob.models import PerformanceDay, SavedReport
from ppob.periods import LEDGER_ZONE, Period, last_month_of, ledger_today

RECEIVING = (Role.PPOB_ADMINISTRATOR, Role.PPOB_STAFF, Role.ACCOUNTANT, Role.AUDITOR)
_SUMS = (
    "transactions", "succeeded", "failed", "undecided", "reversed", "sheets", "total", "net", "income",
    "milliseconds", "timed",
)  # fmt: skip


def reports_visible_to(viewer: Employee) -> QuerySet[SavedReport]:
    """One's own, and those that one receives; `is_own` says which."""
    reports = SavedReport.objects.select_related("owner")
    if not reaches(viewer, "ppob.view_savedreport"):
        return reports.none()
    receives = SavedReport.recipients.through.objects.filter(savedreport=OuterRef("pk"), employee=viewer)
    return reports.filter(Q(owner=viewer) | Exists(receives))


def own_reports_of(viewer: Employee) -> QuerySet[SavedReport]:
    """Those that the person may change, delete and have made."""
    return (
        SavedReport.objects.filter(owner=viewer)
        if reaches(viewer, "ppob.view_savedreport")
        else (SavedReport.objects.none())
    )


def receivers() -> QuerySet[Employee]:
    """Who may be sent a report: whoever holds a role of the payment point that may take it home."""
    people = Employee.objects.none()
    for role in RECEIVING:
        people |= holders_of(role)
    return people.order_by("name", "pk")


def readers_of(report: SavedReport) -> list[Employee]:
    """The owner and the recipients, each once, as far as they are still about."""
    wanted = Q(pk=report.owner_id) | Q(reports_received=report)
    return [one for one in Employee.objects.filter(wanted).distinct().order_by("pk") if one.is_active]


def receives(report: SavedReport, person: Employee) -> bool:
    return report.owner_id == person.pk or report.recipients.filter(pk=person.pk).exists()


def due_reports() -> QuerySet[SavedReport]:
    """Those that the clock makes."""
    return SavedReport.objects.filter(is_active=True).exclude(frequency=Frequency.NEVER).order_by("pk")


def slot_of(frequency: str, hour: int, now: datetime | None = None) -> date | None:
    """The day in Jakarta on which such a report was last due: each day, Mondays, or the first of a month."""
    local = (now or timezone.now()).astimezone(LEDGER_ZONE)
    day = local.date() if local.hour >= hour else local.date() - timedelta(days=1)
    match frequency:
        case Frequency.DAILY:
            return day
        case Frequency.WEEKLY:
            return day - timedelta(days=day.weekday())
        case Frequency.MONTHLY:
            return day.replace(day=1)
    return None


def period_of(frequency: str, day: date | None = None) -> Period:
    """What a report made on a day tells of: whole days before it, or without a rhythm the month up to it."""
    day = day or ledger_today()
    yesterday = day - timedelta(days=1)
    match frequency:
        case Frequency.DAILY:
            return Period(yesterday, yesterday)
        case Frequency.WEEKLY:
            return Period(day - timedelta(days=7), yesterday)
        case Frequency.MONTHLY:
            last = day.replace(day=1) - timedelta(days=1)
            return Period(last.replace(day=1), last)
    return Period(last_month_of(day), day)


def performance_visible_to(viewer: Employee, period: Period) -> QuerySet[PerformanceDay]:
    days = PerformanceDay.objects.select_related("biller", "product")
    if not reaches(viewer, "ppob.view_salesday"):
        return days.none()
    return days.filter(business_on__range=(period.first, period.last))


def sums_of(days: QuerySet[PerformanceDay]) -> dict[str, Any]:
    """Of all that is listed; one query."""
    sums = days.order_by().aggregate(**{f"sum_{name}": Sum(F(name)) for name in _SUMS})
    told: dict[str, Any] = {name: int(sums[f"sum_{name}"] or 0) for name in _SUMS}
    ended = told["succeeded"] + told["failed"] + told["reversed"]
    told["success_rate"] = 100 * told["succeeded"] / ended if ended else None
    told["mean_ms"] = round(told["milliseconds"] / told["timed"]) if told["timed"] else None
    return told
