"""Which version runs where: from what was planned, what computers reported, and what somebody saw on the spot."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Exists, Max, OuterRef, Q, QuerySet, Subquery

from betaapp.choices import Known, Source
from betaapp.models import (
    Application,
    ConfirmedVersion,
    Device,
    Drift,
    InstalledVersion,
    StablePeriod,
    StoreTrial,
    Version,
)
from organization.models import Employee, Store
from organization.scopes import scope_of, stores_within


@dataclass(frozen=True)
class Plan:
    """What a store should run, since when; `trial` where it tries it in a programme."""

    version: Version
    since: datetime | None
    trial: StoreTrial | None = None


@dataclass(frozen=True)
class Running:
    """What runs, and from where that is known. `device` is None where nothing is known of any computer."""

    version: Version
    source: Source
    device: Device | None = None
    since: datetime | None = None


def planned_at(store: Store, application: Application, moment: datetime) -> Plan | None:
    """The version on trial at the store on that day, in the store's own zone; else the stable one of that moment.

    None outside of every programme while the application has no stable version. At most one: the database refuses two
    versions on trial on one day, and two stable ones at one moment.
    """
    day = moment.astimezone(ZoneInfo(store.branch.time_zone)).date()
    tried = StoreTrial.objects.filter(store=store, application=application, days__contains=day)
    trial = tried.select_related("version", "program").order_by("pk").first()
    if trial:
        return Plan(trial.version, None, trial)
    period = StablePeriod.objects.filter(application=application, during__contains=moment)
    found = period.select_related("version").first()
    return Plan(found.version, found.during.lower) if found else None


def version_at(
    store: Store, application: Application, moment: datetime, device: Device | None = None
) -> frozenset[Running]:
    """What runs at the store at that moment: of one computer exactly one, else a set of one for each computer.

    The latest evidence up to the moment wins: a computer's own word is as late as it was last heard to say it, a
    confirmation as late as the visit. Without evidence it is what was planned, so inside a programme the answer is never
    empty; it is empty only where nothing was planned, reported or confirmed at all. Moments are aware.
    """
    plan = planned_at(store, application, moment)
    computers = list(Device.objects.filter(pk=device.pk)) if device else _heard_of(store, moment)
    said = {row.device_id: row for row in _reported(store, application, moment)}
    seen = list(_confirmed(store, application, moment))
    found = set()
    for computer in computers:
        running = _of_computer(computer, said.get(computer.pk), seen, moment)
        if running:
            found.add(running)
        elif device and plan:
            found.add(Running(plan.version, Source.PLANNED, device))
    if not found and seen:
        found.add(Running(seen[0].version, Source.CONFIRMED, None, seen[0].confirmed_at))
    elif not found and plan:
        found.add(Running(plan.version, Source.PLANNED, None, plan.since))
    return frozenset(found)


def _of_computer(
    computer: Device, said: InstalledVersion | None, seen: Iterable[ConfirmedVersion], moment: datetime
) -> Running | None:
    confirmed = next((one for one in seen if one.device_id in (None, computer.pk)), None)
    if said is None:
        # The store as a whole was seen: that is said of its computers together, not of each.
        if confirmed and confirmed.device_id:
            return Running(confirmed.version, Source.CONFIRMED, computer, confirmed.confirmed_at)
        return None
    heard = min(moment, said.during.upper or computer.last_heard_at)
    if confirmed and confirmed.confirmed_at > heard:
        return Running(confirmed.version, Source.CONFIRMED, computer, confirmed.confirmed_at)
    return Running(said.version, Source.REPORTED, computer, said.during.lower)


def _heard_of(store: Store, moment: datetime) -> list[Device]:
    return list(store.devices.filter(first_heard_at__lte=moment).order_by("name"))


def _reported(store: Store, application: Application, moment: datetime) -> QuerySet[InstalledVersion]:
    rows = InstalledVersion.objects.filter(store=store, application=application, during__contains=moment)
    return rows.select_related("version")


def _confirmed(store: Store, application: Application, moment: datetime) -> QuerySet[ConfirmedVersion]:
    """The latest first."""
    rows = ConfirmedVersion.objects.filter(store=store, application=application, confirmed_at__lte=moment)
    return rows.select_related("version").order_by("-confirmed_at", "-pk")


def stores_with_versions(viewer: Employee) -> QuerySet[Store]:
    """Stores whose versions the person may look at."""
    scope = scope_of(viewer, "betaapp.view_installedversion")
    return Store.objects.filter(stores_within(scope)).select_related("branch")


def with_last_word(stores: QuerySet[Store]) -> QuerySet[Any]:
    """Each with `heard_at`, when one of its computers was last heard of, and `seen_at`, when somebody last looked."""
    heard = Device.objects.filter(store=OuterRef("pk")).order_by().values("store")
    seen = ConfirmedVersion.objects.filter(store=OuterRef("pk")).order_by().values("store")
    return stores.annotate(
        heard_at=Subquery(heard.annotate(at=Max("last_heard_at")).values("at")),
        seen_at=Subquery(seen.annotate(at=Max("confirmed_at")).values("at")),
    )


def of_known(stores: QuerySet[Store], known: Known) -> QuerySet[Store]:
    """Those of which this is known. A store is seen when any of its applications was."""
    facts = Device if known in (Known.SILENT, Known.REPORTED) else ConfirmedVersion
    there = Exists(facts.objects.filter(store=OuterRef("pk")))
    return stores.filter(there if known in (Known.CONFIRMED, Known.REPORTED) else ~there)


def drifts_visible_to(viewer: Employee) -> QuerySet[Drift]:
    stores = stores_within(scope_of(viewer, "betaapp.view_installedversion"))
    drifts = Drift.objects.select_related(
        "store__branch", "device", "application", "reported", "expected", "program"
    )
    return drifts if stores == Q() else drifts.filter(store__in=Store.objects.filter(stores).values("pk"))


@dataclass(frozen=True)
class Expected:
    """What a store should run of one application, and since when or until when it tries it."""

    application: Application
    version: Version
    trial: StoreTrial | None
    since: datetime | None


def expected_at(store: Store, moment: datetime) -> list[Expected]:
    """Every application in use with what the store should run of it now, by code; two queries."""
    day = moment.astimezone(ZoneInfo(store.branch.time_zone)).date()
    trials = StoreTrial.objects.filter(store=store, days__contains=day, application__is_active=True)
    stable = StablePeriod.objects.filter(during__contains=moment, application__is_active=True)
    found = {
        one.application_id: Expected(one.application, one.version, None, one.during.lower)
        for one in stable.select_related("application", "version")
    }
    for trial in trials.select_related("application", "version", "program").order_by("-pk"):
        found[trial.application_id] = Expected(trial.application, trial.version, trial, None)
    return sorted(found.values(), key=lambda one: one.application.code)


def facts_of(store: Store, moment: datetime) -> list[dict[str, Any]]:
    """For the page of one store: each application with what is expected, what each computer says, what was seen.

    The three stand side by side and are never mixed.
    """
    expected = {one.application.pk: one for one in expected_at(store, moment)}
    rows = list(
        InstalledVersion.objects.filter(store=store, during__endswith=None)
        .select_related("device", "version", "application")
        .order_by("device__name")
    )
    seen: dict[int, ConfirmedVersion] = {}
    confirmed = ConfirmedVersion.objects.filter(store=store).select_related(
        "version", "application", "confirmed_by", "device"
    )
    for one in confirmed.order_by("application_id", "-confirmed_at", "-pk").distinct("application_id"):
        seen[one.application_id] = one
    applications = {one.application.pk: one.application for one in expected.values()}
    applications |= {row.application_id: row.application for row in rows}
    applications |= {pk: one.application for pk, one in seen.items()}
    return [
        {
            "application": application,
            "expected": expected.get(application.pk),
            "reported": [
                {"row": row, "differs": bool(plan and plan.version.pk != row.version_id)}
                for row in rows
                if row.application_id == application.pk
                for plan in [expected.get(application.pk)]
            ],
            "confirmed": seen.get(application.pk),
        }
        for application in sorted(applications.values(), key=lambda one: one.code)
    ]
