"""What a person does with a job: start it, cancel it, ask for it again. Each leaves its audit entry."""

import uuid
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.db.models.functions import Now
from django.utils import timezone

from core import audit, outbox
from core.jobs.counting import forget_count
from core.jobs.ending import JOB, end
from core.jobs.exceptions import JobAlreadyAskedFor, JobHasEnded, JobStillRuns, ResultIsThere
from core.jobs.registry import JobKind, job_kind
from core.models.jobs import OPEN_STATES, Job, JobState

RUN = "job.run"


def message_key(job: Job) -> str:
    """One message a run: asked for again is another one."""
    return f"{job.pk}:{job.run}"


@transaction.atomic
def start_job(
    kind: str, *, actor: Any, params: dict[str, Any] | None = None, title: str | None = None
) -> Job:
    """Have the job run once the caller's transaction is committed; its page is `jobs:detail`.

    `params` are plain JSON, and become the function's keyword arguments: ids and choices, no personal data. Raises
    PermissionDenied, JobAlreadyAskedFor, UnknownJobKind.
    """
    kind_, params = job_kind(kind), params or {}
    _refuse(kind_, actor, params)
    job = Job.objects.create(
        id=uuid.uuid4(), kind=kind, title=(title or "")[:160], params=params, requested_by=actor
    )
    outbox.enqueue(RUN, key=message_key(job), payload={"job": str(job.pk), "run": job.run})
    forget_count(actor.pk)
    _record(actor, "job.started", job)
    return job


@transaction.atomic
def cancel_job(job: Job, *, actor: Any) -> Job:
    """End a job that waits; ask one that runs to stop, which takes it a second. Raises JobHasEnded."""
    job = Job.objects.select_for_update().get(pk=job.pk)
    if not job.is_open:
        raise JobHasEnded
    if job.cancel_requested_at is None:
        _record(actor, "job.cancelled", job)
    if job.state == JobState.QUEUED:
        end(job, JobState.CANCELLED)
    else:
        job.cancel_requested_at = job.cancel_requested_at or timezone.now()
        job.save(update_fields=["cancel_requested_at"])
    return job


@transaction.atomic
def retry_job(job: Job, *, actor: Any) -> Job:
    """Run it once more, from the start. Raises JobStillRuns, ResultIsThere, PermissionDenied, JobAlreadyAskedFor."""
    job = Job.objects.select_for_update().get(pk=job.pk)
    if job.is_open:
        raise JobStillRuns
    if not may_be_repeated(job):
        raise ResultIsThere
    _refuse(job_kind(job.kind), job.requested_by, job.params)
    Job.objects.filter(pk=job.pk).update(
        run=job.run + 1, state=JobState.QUEUED, created_at=Now(), started_at=None, heartbeat_at=None, ended_at=None,
        cancel_requested_at=None, attempts=0, done=0, total=None, note="", error="", result_path="", result_name="",
        result_bytes=None, result_sha256="", result_rows=None,
    )  # fmt: skip
    job.refresh_from_db()
    outbox.enqueue(RUN, key=message_key(job), payload={"job": str(job.pk), "run": job.run})
    forget_count(job.requested_by_id)
    _record(actor, "job.repeated", job)
    return job


def may_be_repeated(job: Job) -> bool:
    """What failed, was cancelled, or made a file that has expired."""
    if job.state == JobState.DONE:
        return bool(job.result_name and not job.result_path)
    return not job.is_open


def _refuse(kind: JobKind, person: Any, params: dict[str, Any]) -> None:
    if not kind.is_allowed(person, params):
        raise PermissionDenied
    if not kind.one_each:
        return
    # Two clicks at once queue here; the lock ends with the transaction.
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"{kind.name}:{person.pk}"])
    if Job.objects.filter(requested_by=person, kind=kind.name, state__in=OPEN_STATES).exists():
        raise JobAlreadyAskedFor


def _record(actor: Any, act: str, job: Job) -> None:
    audit.record(actor, act, audit.Ref(JOB, job.pk), {"job_kind": (None, job.kind), "run": (None, job.run)})
