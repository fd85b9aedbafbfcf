"""The one way in which a job ends, whoever ends it: its row, what hangs on it, and the news, in one transaction."""

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.utils import timezone

from core import live
from core.events import announce
from core.jobs.counting import forget_count
from core.jobs.events import JobEnded
from core.models.jobs import Job, JobState

JOB = "core.job"
TOPIC = "core.job"
LONGEST_NOTE = 200

# What must not be lost when a job ends (a notification) is written in the same transaction. Filled in portal/wiring.py.
ended: list[Callable[[Job], object]] = []


def end(job: Job, state: JobState, **facts: Any) -> Job:
    """Write the end. Within a transaction that has the row locked and knows that the job is open."""
    job.state, job.ended_at = state, timezone.now()
    for name, value in facts.items():
        setattr(job, name, value)
    job.note = job.note[:LONGEST_NOTE].replace("\0", "")
    job.error = job.error.replace("\0", "")
    job.save()
    for callback in ended:
        callback(job)
    forget_count(job.requested_by_id)
    announce(JobEnded(job_id=job.pk))
    transaction.on_commit(lambda: publish(job))
    return job


def publish(job: Job) -> None:
    """To the pages that show it. Numbers and the note only: all else they fetch."""
    live.publish(
        f"{TOPIC}.{job.pk}",
        {"id": job.pk, "state": job.state, "done": job.done, "total": job.total, "note": job.note},
    )
