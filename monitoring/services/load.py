"""A minute of load on the host that the portal runs on, asked for by a person, so that an alert can be seen coming."""

from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from core import audit
from monitoring.choices import TransportKind
from monitoring.exceptions import LoadAlreadyRunning, NotThisHost
from monitoring.models import LoadRun, Machine
from organization.models import Employee

# A request that no worker took, or whose worker died, blocks the next one no longer than this.
NOT_CLAIMED_AFTER_S = 60
NOT_ENDED_AFTER_S = 90


def request_load(*, machine: Machine, actor: Employee, seconds: int = 60) -> LoadRun:
    """Make room for a run on this host; the caller hands it to a worker. NotThisHost, LoadAlreadyRunning."""
    if machine.transport != TransportKind.LOCAL:
        raise NotThisHost
    sweep_stale_loads()
    try:
        with transaction.atomic():
            run = LoadRun.objects.create(machine=machine, requested_by=actor, seconds=seconds)
            audit.record(actor, "machine.load_requested", machine, {"seconds": (None, seconds)})
            return run
    except IntegrityError as error:
        # The database holds "one at a time", so two people who click at once get one run and one message.
        raise LoadAlreadyRunning from error


def claim_load(run_id: int) -> LoadRun | None:
    """Take a run, once: None when it was taken before, or ended. A message delivered twice loads once."""
    claimed = LoadRun.objects.filter(pk=run_id, claimed_at=None, ended_at=None).update(
        claimed_at=timezone.now()
    )
    return LoadRun.objects.get(pk=run_id) if claimed == 1 else None


def end_load(run_id: int) -> None:
    """Make room for the next run."""
    LoadRun.objects.filter(pk=run_id, ended_at=None).update(ended_at=timezone.now())


def sweep_stale_loads() -> int:
    """End the rows of runs that cannot be running any more; how many."""
    now = timezone.now()
    never_taken = Q(claimed_at=None, requested_at__lt=now - timedelta(seconds=NOT_CLAIMED_AFTER_S))
    never_ended = Q(claimed_at__lt=now - timedelta(seconds=NOT_ENDED_AFTER_S))
    return LoadRun.objects.filter(never_taken | never_ended, ended_at=None).update(ended_at=now)
