"""A job's way through a worker. Non-transactional and idempotent for the outbox: every try begins from zero."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import structlog
from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from core.exceptions import GeraiError
from core.jobs.context import JobContext
from core.jobs.ending import end, publish
from core.jobs.exceptions import JobCancelled, JobTookTooLong, LeaseLost, UnknownJobKind
from core.jobs.heartbeat import LEASE_S, Heartbeat
from core.jobs.registry import JobKind, JobResult, job_kind
from core.jobs.results import forget_files
from core.jobs.services import RUN
from core.models import Job
from core.models.jobs import JobState
from core.outbox import Message, handler, leases

log = structlog.get_logger(__name__)

QUEUE = "jobs"


@handler(
    RUN,
    transactional=False,
    idempotent=True,
    lease=timedelta(seconds=LEASE_S),
    backoff=(timedelta(seconds=3), timedelta(seconds=15)),
    queue=QUEUE,
)
def run_job(message: Message) -> None:
    """One try. Raises when the outbox shall try again; every other end is written in the job's row."""
    job = _begin(message)
    if job is None:
        return
    with _as(job.requested_by):
        _try(job, message, job_kind(job.kind))


@transaction.atomic
def _begin(message: Message) -> Job | None:
    """Take the job for this try; None when there is nothing to run: it has ended, or a newer run or try has it."""
    job = (
        Job.objects.select_for_update(of=("self",))
        .select_related("requested_by")
        .filter(pk=message.payload["job"], run=message.payload["run"])
        .first()
    )
    if job is None or not job.is_open or not leases.held(message).filter(dead_at=None).exists():
        return None
    with _as(job.requested_by):
        refusal = _refusal(job, message)
    if refusal is not None:
        state, facts = refusal
        end(job, state, **facts)
        transaction.on_commit(lambda: forget_files(job.pk))
        return None
    job.state, job.attempts, job.done, job.total, job.note = JobState.RUNNING, message.attempt, 0, None, ""
    job.heartbeat_at = timezone.now()
    job.started_at = job.started_at or job.heartbeat_at
    job.save()
    # Half files of tries that died. A zombie that still writes has lost its lease, and its file its name.
    forget_files(job.pk)
    transaction.on_commit(lambda: publish(job))
    return job


def _refusal(job: Job, message: Message) -> tuple[JobState, dict[str, Any]] | None:
    """Why it ends before it begins."""
    if job.cancel_requested_at is not None:
        return JobState.CANCELLED, {}
    try:
        kind = job_kind(job.kind)
    except UnknownJobKind:
        return JobState.FAILED, {"error": _("The portal does not know this kind of job any more.")}
    if message.attempt > kind.max_attempts:
        return JobState.FAILED, {"error": worker_ended()}
    if not kind.is_allowed(job.requested_by, job.params):
        return JobState.FAILED, {"error": _("You are no longer allowed to do this.")}
    return None


def worker_ended() -> str:
    return _(
        "The program that ran this job ended in the middle, several times. Try again, or tell IT support."
    )


def _try(job: Job, message: Message, kind: JobKind) -> None:
    heartbeat = Heartbeat(job, message)
    ctx = JobContext(
        job,
        person=job.requested_by,
        attempt=message.attempt,
        heartbeat=heartbeat,
        time_limit_s=kind.time_limit_s,
    )
    heartbeat.start()
    try:
        try:
            result = kind.run(ctx, **job.params) or JobResult()
            # Swallowed inside or come with the last row: it holds all the same.
            ctx.check()
            facts = ctx.file.seal() if ctx.file else {}
        finally:
            heartbeat.stop()
        facts |= {"result_rows": result.rows, **_numbers(heartbeat, result)}
        _end(ctx, message, JobState.DONE, told=result.told, **facts)
    except LeaseLost:
        log.warning("job.lease_lost", job=str(job.pk), kind=job.kind, attempt=message.attempt)
        _discard(ctx)
    except JobCancelled:
        _end(ctx, message, JobState.CANCELLED, **_numbers(heartbeat))
    except JobTookTooLong:
        minutes = max(1, round(kind.time_limit_s / 60))
        text = _("It took longer than %(minutes)d minutes and was stopped.") % {"minutes": minutes}
        _end(ctx, message, JobState.FAILED, error=text, **_numbers(heartbeat))
    except GeraiError as error:
        _end(ctx, message, JobState.FAILED, error=str(error), **_numbers(heartbeat))
    except Exception as error:  # noqa: BLE001  a handler may raise anything; the job says so
        _failed(ctx, message, kind, heartbeat, error)


def _failed(ctx: JobContext, message: Message, kind: JobKind, heartbeat: Heartbeat, error: Exception) -> None:
    """Nobody expected this: it is tried again, then it fails with a text for people. The details are the log's."""
    log.error("job.failed", job=str(ctx.job_id), kind=kind.name, attempt=message.attempt, exc_info=error)
    if message.attempt < kind.max_attempts:
        _discard(ctx)
        if _wait_for_another_try(ctx, message):
            raise error
        return
    text = _("Something went wrong on our side. Try again later; if it fails again, tell IT support.")
    _end(ctx, message, JobState.FAILED, error=text, **_numbers(heartbeat))


@transaction.atomic
def _wait_for_another_try(ctx: JobContext, message: Message) -> bool:
    job = _mine(ctx, message)
    if job is None:
        return False
    job.state, job.note = JobState.QUEUED, _("It did not work and will be tried again.")
    job.save(update_fields=["state", "note"])
    if job.cancel_requested_at is not None:
        end(job, JobState.CANCELLED, note="")
        return False
    transaction.on_commit(lambda: publish(job))
    return True


def _end(
    ctx: JobContext,
    message: Message,
    state: JobState,
    *,
    told: Callable[[], object] | None = None,
    **facts: Any,
) -> None:
    """End it if it is still ours; the file gets its name as the last thing before the commit."""
    try:
        with transaction.atomic(durable=True):
            job = _mine(ctx, message)
            if job is not None:
                end(job, state, **facts)
                if told is not None:
                    told()
                if state == JobState.DONE and ctx.file is not None:
                    ctx.file.publish()
    except BaseException:
        _discard(ctx)
        raise
    if job is None or state != JobState.DONE:
        _discard(ctx)


def _mine(ctx: JobContext, message: Message) -> Job | None:
    """The job's row, locked, if this try is the newest one and nobody has given the message up."""
    if leases.held(message).filter(dead_at=None).select_for_update().first() is None:
        return None
    mine = Job.objects.filter(pk=ctx.job_id, run=ctx.run, attempts=message.attempt, state=JobState.RUNNING)
    return mine.select_for_update().first()


def _numbers(heartbeat: Heartbeat, result: JobResult | None = None) -> dict[str, Any]:
    """The last progress, which the heartbeat may not have come to write."""
    done, total, note = heartbeat.progress
    if result is not None:
        done, note = (total or done), result.note
    return {"done": done, "total": total, "note": note}


def _discard(ctx: JobContext) -> None:
    if ctx.file is not None:
        ctx.file.discard()


@contextmanager
def _as(person: Any) -> Iterator[None]:
    """In the person's language and time zone, as far as people have them."""
    language = getattr(person, "language", None) or settings.LANGUAGE_CODE
    with translation.override(language), timezone.override(getattr(person, "time_zone", None)):
        yield
