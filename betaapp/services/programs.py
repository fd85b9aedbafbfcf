"""A programme's life: made, filled, started, ended. Each act locks the programme's row first."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from betaapp import events
from betaapp.choices import Decision, ProgramState
from betaapp.exceptions import (
    AllOver,
    AlreadyDecided,
    AlreadyInProgram,
    Begun,
    ChangedMeanwhile,
    NotADraft,
    NotInProgram,
    NotItsVersion,
    ProgramEnded,
    StepBack,
    WithoutApplications,
)
from betaapp.models import Application, BetaProgram, ProgramApplication, Version
from betaapp.numbers import is_older
from betaapp.outbox import TELL_STORES
from betaapp.selectors.catalogue import stable_version_of
from betaapp.selectors.programs import face_of
from betaapp.services import trials
from core import audit, outbox
from core.events import announce
from organization.models import Division, Employee
from organization.scopes import scope_of

# What no form shows.
KEPT_BY_SERVICES = {"uuid", "division", "state", "started_at", "ended_at", "revision"}


def lock_program(program: BetaProgram) -> BetaProgram:
    """The row as it stands now, held until the transaction ends: all that changes a programme queues here."""
    return BetaProgram.objects.select_for_update(of=("self",)).get(pk=program.pk)


@transaction.atomic
def make_program(
    *, name: str, first_on: date, last_on: date, new_stores: str, actor: Employee
) -> BetaProgram:
    """A draft, of the maker's division. Raises ValidationError by field."""
    program = BetaProgram(
        name=name,
        first_on=first_on,
        last_on=last_on,
        new_stores=new_stores,
        division=_division_of(actor),
        made_by=actor,
    )
    program.full_clean(exclude=KEPT_BY_SERVICES)
    program.save()
    audit.record(
        actor,
        "beta.made",
        program,
        {"name": (None, name), "first_on": (None, first_on), "last_on": (None, last_on)},
    )
    return program


@transaction.atomic
def change_program(
    *, program: BetaProgram, new: Mapping[str, Any], actor: Employee, seen: str | None = None
) -> bool:
    """Give name, days or the rule for new stores these values; False where all of them stood there already.

    A running programme's stores follow its days. `seen` is `face_of` the programme that the page showed. Raises
    ProgramEnded, ChangedMeanwhile, Begun, AllOver, Conflicting, ValidationError.
    """
    program, today = lock_program(program), timezone.localdate()
    _refuse_ended(program)
    if seen is not None and seen != face_of(program):
        raise ChangedMeanwhile(program)
    changes = audit.changed(program, **new)
    if not changes:
        return False
    was_first, was_last = program.first_on, program.last_on
    for name in changes:
        setattr(program, name, new[name])
    program.full_clean(exclude=KEPT_BY_SERVICES)
    if program.state == ProgramState.RUNNING:
        if "first_on" in changes and min(was_first, program.first_on) <= today:
            raise Begun
        if "last_on" in changes and program.last_on < today:
            raise AllOver
        trials.refuse_conflicts(program, today=today)
    program.save(update_fields=list(changes))
    if {"first_on", "last_on"} & changes.keys():
        trials.span_anew(program, was_first=was_first, was_last=was_last)
    audit.record(actor, "beta.changed", program, changes)
    return True


@transaction.atomic
def add_application(
    *, program: BetaProgram, application: Application, version: Version, reason: str = "", actor: Employee
) -> ProgramApplication:
    """Try this version in the programme too; where it runs already, from today on.

    Raises ProgramEnded, NotItsVersion, AlreadyInProgram, Conflicting; StepBack for an older version than the stable one
    without a reason.
    """
    program, today = lock_program(program), timezone.localdate()
    _refuse_ended(program)
    if version.application_id != application.pk:
        raise NotItsVersion
    if program.applications.filter(application=application).exists():
        raise AlreadyInProgram
    stable = stable_version_of(application)
    if stable and is_older(version.number, stable.number) and not reason.strip():
        raise StepBack
    added = ProgramApplication.objects.create(
        program=program, application=application, version=version, reason=reason.strip()
    )
    if program.state == ProgramState.RUNNING:
        trials.refuse_conflicts(program, today=today, application=application.pk)
        trials.write_trials(program, today=today, application=application.pk)
    told = {"application": (None, application), "version": (None, version.number)}
    audit.record(actor, "beta.application_added", program, told, reason=reason.strip())
    return added


@transaction.atomic
def remove_application(*, tried: ProgramApplication, actor: Employee) -> None:
    """Take an application out of the programme; its trials end today. Raises ProgramEnded, NotInProgram, AlreadyDecided."""
    program, today = lock_program(tried.program), timezone.localdate()
    _refuse_ended(program)
    found = program.applications.select_related("application", "version").filter(pk=tried.pk).first()
    if found is None:
        raise NotInProgram
    if found.decision:
        raise AlreadyDecided
    trials.stop_trials(program, today=today, application=found.application_id)
    told = {"application": (found.application, None), "version": (found.version.number, None)}
    audit.record(actor, "beta.application_removed", program, told)
    found.delete()


@transaction.atomic
def start_program(*, program: BetaProgram, actor: Employee) -> BetaProgram:
    """Run it: its stores try its versions from its first day, or from today if that is past.

    Raises NotADraft, WithoutApplications, AllOver, Conflicting.
    """
    program, today = lock_program(program), timezone.localdate()
    if program.state != ProgramState.DRAFT:
        raise NotADraft
    if not program.applications.exists():
        raise WithoutApplications
    if program.last_on < today:
        raise AllOver
    trials.refuse_conflicts(program, today=today)
    trials.begin_today(program, today=today)
    trials.write_trials(program, today=today)
    program.state, program.started_at = ProgramState.RUNNING, timezone.now()
    program.save(update_fields=["state", "started_at"])
    audit.record(actor, "beta.started", program, {"state": (ProgramState.DRAFT, ProgramState.RUNNING)})
    outbox.enqueue(TELL_STORES, key=f"{program.pk}-start", payload={"program": program.pk})
    announce(events.ProgramStarted(program_id=program.pk))
    return program


@transaction.atomic
def end_program(*, program: BetaProgram, actor: Employee | None, reason: str = "") -> BetaProgram:
    """End it: its stores are on the stable versions from today on. Raises ProgramEnded."""
    program, today = lock_program(program), timezone.localdate()
    _refuse_ended(program)
    trials.leave(program, today=today)
    was, program.state, program.ended_at = program.state, ProgramState.ENDED, timezone.now()
    program.save(update_fields=["state", "ended_at"])
    audit.record(actor, "beta.ended", program, {"state": (was, ProgramState.ENDED)}, reason=reason)
    announce(events.ProgramEnded(program_id=program.pk))
    return program


def end_what_is_over() -> int:
    """End running programmes whose last day has passed; how many. Called each hour, for midnight comes three times."""
    over = BetaProgram.objects.filter(state=ProgramState.RUNNING, last_on__lt=timezone.localdate())
    for program in over:
        end_program(program=program, actor=None)
    return len(over)


def end_if_all_decided(program: BetaProgram, *, actor: Employee) -> None:
    """Nothing is left to try: every version was made stable or stopped. Within the transaction that decided the last one."""
    if not program.applications.filter(decision=Decision.NONE).exists():
        end_program(program=program, actor=actor)


def _refuse_ended(program: BetaProgram) -> None:
    if program.state == ProgramState.ENDED:
        raise ProgramEnded


def _division_of(actor: Employee) -> Division | None:
    """The maker's own division where their role reaches it, else the first that it reaches."""
    reached = scope_of(actor, "betaapp.add_betaprogram").division_ids
    if not reached or actor.division_id in reached:
        return actor.division
    return Division.objects.filter(pk__in=reached).order_by("code").first()
