"""What keeps jobs honest when workers die: none runs for ever, no file stays longer than it should."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation

from core.jobs.ending import end
from core.jobs.results import forget_files, sweep_files
from core.jobs.running import worker_ended
from core.jobs.services import RUN, message_key
from core.models import Job, OutboxMessage
from core.models.jobs import OPEN_STATES, JobState

KEPT_DAYS = 7
AT_ONCE = 500


def sweep_jobs() -> int:
    """Beat's, each half minute: fail the jobs whose message nobody will run any more; how many."""
    lost = 0
    for job in Job.objects.filter(state__in=OPEN_STATES).only("id", "run")[:AT_ONCE]:
        if not _still_to_run(job):
            lost += _fail(job)
    return lost


def _still_to_run(job: Job) -> bool:
    return _messages_of(job).filter(done_at=None, dead_at=None).exists()


def _messages_of(job: Job) -> Any:
    return OutboxMessage.objects.filter(kind=RUN, key=message_key(job))


@transaction.atomic
def _fail(job: Job) -> bool:
    """The message is locked first, as by the worker that may just be ending it."""
    list(_messages_of(job).select_for_update())
    row = (
        Job.objects.select_for_update(of=("self",))
        .select_related("requested_by")
        .filter(pk=job.pk, run=job.run, state__in=OPEN_STATES)
        .first()
    )
    if row is None or _still_to_run(job):
        return False
    with translation.override(getattr(row.requested_by, "language", None) or settings.LANGUAGE_CODE):
        if row.cancel_requested_at is not None:
            end(row, JobState.CANCELLED)
        else:
            end(row, JobState.FAILED, error=worker_ended())
    transaction.on_commit(lambda: forget_files(row.pk))
    return True


def expire_results() -> int:
    """Nightly: files of a week ago go, their jobs' rows stay; and so does what no row names. How many files."""
    old = timezone.now() - timedelta(days=KEPT_DAYS)
    expired = Job.objects.filter(ended_at__lt=old).exclude(result_path="")
    ids = list(expired.values_list("pk", flat=True))
    # The row first: a page that offers a file which is gone would be worse than a file nobody can reach for a moment.
    Job.objects.filter(pk__in=ids).update(result_path="")
    for job_id in ids:
        forget_files(job_id)
    return len(ids) + sweep_files()
