"""Work in the background that a person can watch, leave, come back to, cancel and try again.

    @job("stores.schedule", title=_("Make the schedule"), permission="stores.add_schedule")     # in <app>/jobs.py
    def make_schedule(ctx: JobContext, *, month: str) -> JobResult:
        for number, store in enumerate(stores):
            ctx.progress(number, len(stores), note=store.name)                     # cheap; raises when it should stop
        return JobResult(rows=len(stores))

    job = start_job("stores.schedule", actor=person, params={"month": "2026-09"})  # then redirect to jobs:detail

The row and its outbox message are written in the caller's transaction; a worker of the queue "jobs" does the rest.
"""

from core.jobs.context import JobContext
from core.jobs.ending import ended
from core.jobs.events import JobEnded
from core.jobs.exceptions import (
    JobAlreadyAskedFor,
    JobCancelled,
    JobHasEnded,
    JobRefused,
    JobStillRuns,
    JobStopped,
    UnknownJobKind,
)
from core.jobs.registry import JobResult, job, title_of
from core.jobs.results import ResultFile
from core.jobs.running import run_job
from core.jobs.services import cancel_job, retry_job, start_job

__all__ = [
    "JobAlreadyAskedFor",
    "JobCancelled",
    "JobContext",
    "JobEnded",
    "JobHasEnded",
    "JobRefused",
    "JobResult",
    "JobStillRuns",
    "JobStopped",
    "ResultFile",
    "UnknownJobKind",
    "cancel_job",
    "ended",
    "job",
    "retry_job",
    "run_job",
    "start_job",
    "title_of",
]
