"""What becomes of a version that was tried: stable for all, or back."""

from datetime import datetime

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone

from betaapp import events
from betaapp.choices import Decision, ProgramState
from betaapp.exceptions import AlreadyDecided, AlreadyStable, NotInProgram, NotRunning, StepBack
from betaapp.models import Application, BetaProgram, ProgramApplication, StablePeriod, Version
from betaapp.numbers import is_older
from betaapp.services import trials
from betaapp.services.programs import end_if_all_decided, lock_program
from core import audit
from core.events import announce
from organization.models import Employee


@transaction.atomic
def make_stable(
    *, version: Version, actor: Employee | None, reason: str = "", since: datetime | None = None
) -> StablePeriod:
    """From now on this is the version of every store that tries nothing else. Raises AlreadyStable, StepBack."""
    since = since or timezone.now()
    # Two who make a version stable queue at the application.
    application = Application.objects.select_for_update().get(pk=version.application_id)
    now = StablePeriod.objects.select_related("version").filter(
        application=application, during__endswith=None
    ).first()  # fmt: skip
    if now and now.version_id == version.pk:
        raise AlreadyStable
    if now and is_older(version.number, now.version.number) and not reason.strip():
        raise StepBack
    if now:
        begun = now.during.lower
        if begun >= since:
            now.delete()  # it was stable for no moment
            since = begun
        else:
            now.during = DateTimeTZRange(begun, since)
            now.save(update_fields=["during"])
    period = StablePeriod.objects.create(
        application=application, version=version, during=DateTimeTZRange(since, None)
    )
    told = {"stable_version": (now.version.number if now else None, version.number)}
    audit.record(actor, "beta.promoted", application, told, reason=reason)
    announce(events.VersionPromoted(version_id=version.pk))
    return period


@transaction.atomic
def promote(*, tried: ProgramApplication, reason: str, actor: Employee) -> ProgramApplication:
    """Make the version that is tried the stable one. Raises NotRunning, NotInProgram, AlreadyDecided, AlreadyStable, StepBack."""
    program, tried = _open(tried)
    make_stable(version=tried.version, actor=actor, reason=reason)
    return _decide(program, tried, Decision.PROMOTED, reason, actor)


@transaction.atomic
def stop(*, tried: ProgramApplication, reason: str, actor: Employee) -> ProgramApplication:
    """Try it no more: its stores go back to the stable version today. Raises NotRunning, NotInProgram, AlreadyDecided."""
    program, tried = _open(tried)
    trials.stop_trials(program, today=timezone.localdate(), application=tried.application_id)
    told = {"application": (tried.application, None), "version": (tried.version.number, None)}
    audit.record(actor, "beta.stopped", program, told, reason=reason)
    announce(events.VersionStopped(program_id=program.pk, version_id=tried.version_id))
    return _decide(program, tried, Decision.STOPPED, reason, actor)


def _open(tried: ProgramApplication) -> tuple[BetaProgram, ProgramApplication]:
    program = lock_program(tried.program)
    if program.state != ProgramState.RUNNING:
        raise NotRunning
    found = program.applications.select_related("application", "version").filter(pk=tried.pk).first()
    if found is None:
        raise NotInProgram
    if found.decision:
        raise AlreadyDecided
    return program, found


def _decide(
    program: BetaProgram, tried: ProgramApplication, decision: Decision, reason: str, actor: Employee
) -> ProgramApplication:
    tried.decision, tried.decision_reason = decision, reason
    tried.decided_at, tried.decided_by = timezone.now(), actor
    tried.save(update_fields=["decision", "decision_reason", "decided_at", "decided_by"])
    end_if_all_decided(program, actor=actor)
    return tried
