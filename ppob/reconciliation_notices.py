"""What accountants are told about reconciliations: a day's result, a file that has not come, one that cannot be read."""

from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from notifications.kinds import Group, Kind, Mail
from notifications.services import notify
from organization.choices import Role
from organization.models import Employee
from organization.selectors import holders_of
from ppob.models import BillerDay, Difference, ReconciliationRun
from ppob.reconciliation.clock import FILE_MISSING, FILE_OVERDUE, FILE_REFUSED
from ppob.reconciliation.running import RECONCILED
from ppob.reconciliation.sftp import UNREACHABLE
from ppob.services.reconciliation import OPEN

GROUP = Group(
    name="ppob_reconciliation",
    label=_("PPOB reconciliation"),
    note=_("Results of billers' days, and settlement files that have not come."),
    permission="ppob.change_difference",
)
KINDS = (
    Kind(
        name=RECONCILED, label=_("A biller's day was reconciled"), group=GROUP.name, icon="scale", tone="info"
    ),
    Kind(
        name=FILE_MISSING,
        label=_("A settlement file is missing"),
        group=GROUP.name,
        icon="file-alert",
        tone="warning",
        mail=Mail.ALWAYS,
    ),
    Kind(
        name=FILE_REFUSED,
        label=_("A settlement file cannot be read"),
        group=GROUP.name,
        icon="file-x",
        tone="danger",
    ),
    Kind(
        name=FILE_OVERDUE,
        label=_("A settlement file is overdue"),
        group=GROUP.name,
        icon="alarm",
        tone="danger",
        mail=Mail.ALWAYS,
    ),
    Kind(
        name=UNREACHABLE,
        label=_("A biller's SFTP server cannot be read"),
        group=GROUP.name,
        icon="plug-connected-x",
        tone="danger",
    ),
)


def tell_of_result(run_id: int, *, key: str) -> int:
    """How many people; the notice leads to the day. Nobody is called to a day that was signed in the meantime."""
    run = ReconciliationRun.objects.select_related("biller").get(pk=run_id)
    day = BillerDay.objects.filter(biller=run.biller, business_on=run.business_on, signed_at__isnull=False)
    if day.exists():
        return 0
    left = Difference.objects.filter(biller=run.biller, business_on=run.business_on, state__in=OPEN).count()
    params = {
        "biller": run.biller.name,
        "day": run.business_on,
        "matched": run.matched,
        "left": left,
    }
    title = gettext_noop("%(biller)s, %(day)s: %(matched)s matched, %(left)s differences to work on.")
    return _tell(RECONCILED, title, params, _day_url(run.biller_id, run.business_on.isoformat()), key)


def tell_of_missing_file(told: dict[str, Any], *, key: str) -> int:
    title = gettext_noop("The settlement file of %(biller)s for %(day)s has not come.")
    params = {"biller": told["name"], "day": date.fromisoformat(told["day"])}
    return _tell(FILE_MISSING, title, params, _day_url(told["biller"], told["day"]), key)


def tell_of_overdue_file(told: dict[str, Any], *, key: str) -> int:
    title = gettext_noop("%(biller)s should have been settled by now, and its file for %(day)s has not come.")
    params = {"biller": told["name"], "day": date.fromisoformat(told["day"])}
    return _tell(FILE_OVERDUE, title, params, _day_url(told["biller"], told["day"]), key)


def tell_of_failed_sftp(told: dict[str, Any], *, key: str) -> int:
    title = gettext_noop("No settlement file can be fetched from %(biller)s: %(why)s")
    params = {"biller": told["name"], "why": told["why"]}
    return _tell(UNREACHABLE, title, params, reverse("ppob:reconciliation-board"), key)


def tell_of_refused_file(told: dict[str, Any], *, key: str) -> int:
    title = gettext_noop("The settlement file %(file)s of %(biller)s cannot be read: %(why)s")
    params = {"biller": told["name"], "file": told["file"], "why": told["why"]}
    url = _day_url(told["biller"], told["day"]) if "day" in told else reverse("ppob:reconciliation-board")
    return _tell(FILE_REFUSED, title, params, url, key)


def _day_url(biller_id: int, day: str) -> str:
    return reverse("ppob:reconciliation-day", args=[biller_id, day])


def _tell(kind: str, title: str, params: dict[str, Any], url: str, key: str) -> int:
    people = Employee.objects.none()
    for role in (Role.PPOB_ADMINISTRATOR, Role.ACCOUNTANT):
        people |= holders_of(role)
    return notify(
        list(people.values_list("pk", flat=True)),
        kind=kind,
        title=title,
        params=params,
        url=url,
        key=f"{kind}-{key}",
    )
