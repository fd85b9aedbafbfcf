"""Applications, programmes and what the stores' computers report: one programme over, two that run, one draft."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange, DateTimeTZRange
from django.db.models import Q
from django.utils import timezone

from betaapp.choices import Decision, ProgramState
from betaapp.demo.catalogue import APPLICATIONS, FEEDBACK
from betaapp.models import (
    Application,
    BetaProgram,
    ConfirmedVersion,
    Device,
    Enrollment,
    Feedback,
    InstalledVersion,
    ProgramApplication,
    StablePeriod,
    StoreChange,
    StoreTrial,
    Version,
)
from organization.choices import Role
from organization.demo.cast import ROLE_CARDS
from organization.models import Division, Employee, Store

Progress = Callable[[float, str], None]
DAY = timedelta(days=1)

_DEVICES = """
    INSERT INTO betaapp_device (store_id, name, kind, first_heard_at, last_heard_at)
    SELECT s.id, d.name, d.kind, %(now)s - interval '200 days',
           -- Now and then a computer is silent for days.
           %(now)s - make_interval(mins => 1 + abs(hashtext(s.code || d.name || %(seed)s)) %% 15)
                   - CASE WHEN abs(hashtext(d.name || s.code || %(seed)s)) %% 60 = 0 THEN interval '4 days' ELSE interval '0' END
    FROM organization_store s, (VALUES ('kasir-1', 'till'), ('server', 'server')) d (name, kind)
    WHERE s.closed_on IS NULL
"""
# What each computer has said since its stable version came; one in ninety missed the update.
_STABLE = """
    INSERT INTO betaapp_installedversion (store_id, device_id, application_id, version_id, during)
    SELECT d.store_id, d.id, %(application)s,
           CASE WHEN abs(hashtext(d.id || %(code)s)) %% 90 = 0 THEN %(before)s ELSE %(version)s END,
           tstzrange(GREATEST(d.first_heard_at, %(since)s + make_interval(hours => abs(hashtext(d.id::text)) %% 72)), NULL)
    FROM betaapp_device d WHERE d.kind = %(kind)s
"""
# Stores on trial were updated on their first day, all but some.
_TRIAL_ENDS = """
    UPDATE betaapp_installedversion i
    SET during = tstzrange(lower(i.during), (lower(t.days) + time '06:00') AT TIME ZONE 'Asia/Jakarta')
    FROM betaapp_storetrial t
    WHERE t.store_id = i.store_id AND t.application_id = i.application_id AND upper_inf(i.during)
      AND t.days @> %(today)s::date AND abs(hashtext(i.device_id || 'trial')) %% 12 <> 0
      AND lower(i.during) < (lower(t.days) + time '06:00') AT TIME ZONE 'Asia/Jakarta'
    RETURNING i.store_id, i.device_id, i.application_id, t.version_id, upper(i.during)
"""


def load(*, seed: int, progress: Progress, now: datetime | None = None) -> dict[str, int]:
    """Write it into a chain that is there, inside the caller's transaction; returns the rows by model."""
    now = now or timezone.now()
    today, chance = timezone.localdate(now), Random(f"beta {seed}")
    versions = _catalogue(now, today)
    maker = Employee.objects.get(nik=ROLE_CARDS[Role.BETA_MANAGER])
    others = list(
        Employee.objects.filter(role_grants__group__name=Role.BETA_MANAGER)
        .exclude(pk=maker.pk)
        .order_by("nik")[:2]
    )
    people = [maker, *(others or [maker])]
    _programs(versions, people, chance, today)
    progress(0.3, "Beta-app: applications, versions, programmes")
    _computers(versions, seed, now, today)
    progress(0.9, "Beta-app: what computers report")
    _words(chance, now)
    progress(1, "Beta-app: feedback")
    models = (
        Application, Version, BetaProgram, Enrollment, StoreTrial, Device, InstalledVersion, Feedback, ConfirmedVersion,
    )  # fmt: skip
    return {model._meta.label_lower: model._default_manager.count() for model in models}


def _catalogue(now: datetime, today: date) -> dict[str, Version]:
    """By "KASIR 2.1.0"."""
    divisions = {division.code: division for division in Division.objects.all()}
    found: dict[str, Version] = {}
    for program in APPLICATIONS:
        application = Application.objects.create(
            code=program.code,
            name=program.name,
            division=divisions[program.division],
            description=program.description,
        )
        became = sorted((one for one in program.versions if one.stable), key=lambda one: -(one.stable or 0))
        for built in program.versions:
            found[f"{program.code} {built.number}"] = Version.objects.create(
                application=application,
                number=built.number,
                notes=built.notes,
                released_on=today - built.released * DAY,
            )
        ends = [now - (one.stable or 0) * DAY for one in became[1:]] + [None]
        for built, end in zip(became, ends, strict=True):
            StablePeriod.objects.create(
                application=application,
                version=found[f"{program.code} {built.number}"],
                during=DateTimeTZRange(now - (built.stable or 0) * DAY, end),
            )
    return found


def _programs(versions: dict[str, Version], people: list[Employee], chance: Random, today: date) -> None:
    stock = _program(
        "Stok 5.4 penerimaan pemindai", today - 62 * DAY, today - 31 * DAY, people[0], ProgramState.ENDED
    )
    _try(stock, versions["STOK 5.4.0"], Decision.PROMOTED, people[0])
    _enroll(stock, _some(chance, 180, "BDG", "SMG"), stock.first_on)
    till = _program(
        "Kasir 2.1 promo bertingkat", today - 20 * DAY, today + 10 * DAY, people[0], ProgramState.RUNNING
    )
    _try(till, versions["KASIR 2.1.0"])
    # The reporter of the cast is one of them, and can write what the store thinks.
    reporter = Employee.objects.get(nik=ROLE_CARDS[Role.REPORTER])
    assert reporter.store_id is not None, "the reporter works in a store"
    _enroll(till, sorted({*_some(chance, 131, "JKT", "TGR"), reporter.store_id}), till.first_on)
    _enroll(till, _some(chance, 80, "BKS"), till.first_on + 7 * DAY)
    returns = _program(
        "Retur tanpa kertas", today - 6 * DAY, today + 2 * DAY, people[-1], ProgramState.RUNNING
    )
    _try(returns, versions["STOK 5.5.0"])
    _enroll(returns, _some(chance, 64, "SBY", "MKS"), returns.first_on)
    faces = _program("Absensi wajah", today + 5 * DAY, today + 33 * DAY, people[0], ProgramState.DRAFT)
    _try(faces, versions["ABSEN 1.9.0"])
    _enroll(faces, _some(chance, 40, "JKT"), faces.first_on)


def _program(name: str, first: date, last: date, maker: Employee, state: ProgramState) -> BetaProgram:
    noon = datetime.combine(first, time(9), tzinfo=timezone.get_default_timezone())
    return BetaProgram.objects.create(
        name=name,
        first_on=first,
        last_on=last,
        state=state,
        division=maker.division,
        made_by=maker,
        started_at=None if state == ProgramState.DRAFT else noon,
        ended_at=noon + (last - first) * 1 if state == ProgramState.ENDED else None,
    )


def _try(
    program: BetaProgram, version: Version, decision: Decision = Decision.NONE, actor: Employee | None = None
) -> None:
    decided: dict[str, Any] = {}
    if decision:
        decided = {
            "decision": decision, "decided_by": actor, "decided_at": program.ended_at,
            "decision_reason": "Kendala lebih sedikit daripada toko pembanding.",
        }  # fmt: skip
    ProgramApplication.objects.create(
        program=program, application=version.application, version=version, **decided
    )


def _some(chance: Random, count: int, *branches: str) -> list[int]:
    """Open stores of these branches, or of any where a small chain has too few."""
    near = list(
        Store.objects.filter(branch__code__in=branches, closed_on=None)
        .order_by("code")
        .values_list("pk", flat=True)
    )
    return sorted(chance.sample(near, min(count, max(1, len(near) // 2)))) if near else []


def _enroll(program: BetaProgram, stores: list[int], first: date) -> None:
    taken = set(program.enrollments.values_list("store_id", flat=True))
    stores = [store for store in stores if store not in taken]
    if not stores:
        return
    days = DateRange(first, program.last_on + DAY)
    rows = Enrollment.objects.bulk_create(
        Enrollment(program=program, store_id=store, days=days) for store in stores
    )
    if program.state != ProgramState.DRAFT:
        StoreTrial.objects.bulk_create(
            StoreTrial(
                enrollment=row,
                program=program,
                store_id=row.store_id,
                application_id=tried.application_id,
                version_id=tried.version_id,
                days=days,
            )
            for row in rows
            for tried in program.applications.all()
        )
    program.revision += 1
    program.save(update_fields=["revision"])
    change = StoreChange.objects.create(
        program=program, revision=program.revision, made_by=program.made_by, added=stores, removed=[]
    )
    # On the morning before they joined; those of a draft yesterday at the latest.
    morning = datetime.combine(first - DAY, time(9), tzinfo=timezone.get_default_timezone())
    made = min(morning, timezone.now() - DAY)
    StoreChange.objects.filter(pk=change.pk).update(made_at=made)


def _computers(versions: dict[str, Version], seed: int, now: datetime, today: date) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_DEVICES, {"now": now, "seed": str(seed)})
        for program in APPLICATIONS:
            became = [one for one in program.versions if one.stable]
            newest, before = became[-1], became[-2] if len(became) > 1 else became[-1]
            of = {one.number: versions[f"{program.code} {one.number}"] for one in became}
            cursor.execute(
                _STABLE,
                {
                    "application": of[newest.number].application_id,
                    "version": of[newest.number].pk,
                    "before": of[before.number].pk,
                    "code": program.code,
                    "kind": program.at,
                    "since": now - (newest.stable or 0) * DAY,
                },
            )
        cursor.execute(_TRIAL_ENDS, {"today": today})
        InstalledVersion.objects.bulk_create(
            InstalledVersion(
                store_id=store,
                device_id=device,
                application_id=application,
                version_id=version,
                during=DateTimeTZRange(since, None),
            )
            for store, device, application, version, since in cursor.fetchall()
        )


def _words(chance: Random, now: datetime) -> None:
    """Feedback of the heads of stores on trial, and what supports saw."""
    today = timezone.localdate(now)
    trials = StoreTrial.objects.filter(days__contains=today).select_related("store").order_by("store__code")
    rows = list(trials)
    writers = {
        person.store_id: person
        for person in Employee.objects.filter(store__in=[one.store_id for one in rows], status="active")
    }
    chosen = [one for one in rows if one.store_id in writers]
    for trial in chance.sample(chosen, min(54, len(chosen))):
        rating, text = chance.choice(FEEDBACK)
        feedback = Feedback.objects.create(
            store=trial.store,
            program_id=trial.program_id,
            application_id=trial.application_id,
            version_id=trial.version_id,
            rating=rating,
            text=text,
            made_by=writers[trial.store_id],
        )
        age = (today - trial.days.lower).days * 24 * 60
        written = now - timedelta(minutes=chance.randrange(20, max(21, age)))
        Feedback.objects.filter(pk=feedback.pk).update(made_at=written)
    support = Employee.objects.filter(Q(role_grants__group__name=Role.STORE_SUPPORT)).order_by("nik").first()
    if support:
        ConfirmedVersion.objects.bulk_create(
            ConfirmedVersion(
                store=trial.store,
                application_id=trial.application_id,
                version_id=trial.version_id,
                confirmed_by=support,
                confirmed_at=now - timedelta(hours=chance.randrange(2, 90)),
            )
            for trial in chance.sample(rows, min(25, len(rows)))
        )
