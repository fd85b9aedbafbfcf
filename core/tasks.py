from celery import shared_task

from core import outbox, partitions
from core.audit.sealing import seal_entries
from core.imports.repair import expire_uploads as remove_old_uploads
from core.imports.repair import sweep_imports
from core.jobs import repair


@shared_task(time_limit=120)
def maintain_partitions() -> None:
    """Nightly: partitions for the coming days, and an end to the expired ones."""
    partitions.maintain_partitions()


@shared_task
def deliver_outbox(queue: str) -> None:
    """A hint: something may be due on this queue. Without it the sweep would come to it."""
    outbox.drain(queue)


@shared_task(time_limit=60, expires=10)
def sweep_outbox() -> None:
    """Each ten seconds: hints for what is due, and an end to what nobody may try again."""
    outbox.sweep()


@shared_task(time_limit=600)
def prune_outbox() -> None:
    """Nightly: what was done a month ago goes."""
    outbox.prune()


@shared_task(time_limit=120, expires=5)
def seal_audit() -> None:
    """Each five seconds: the entries of the last minutes become links of the chain."""
    seal_entries()


@shared_task(time_limit=900)
def seal_audit_leftovers() -> None:
    """Nightly: whatever the short look back could not see, after a long stop for instance."""
    seal_entries(everything=True)


@shared_task(time_limit=30, expires=30)
def ping_outbox() -> None:
    """Each half minute: a message whose answer shows that beat, outbox and workers hang together."""
    outbox.ask()


@shared_task(time_limit=60, expires=30)
def sweep_jobs() -> None:
    """Each half minute: an end to jobs and imports that nobody will finish any more."""
    repair.sweep_jobs()
    sweep_imports()


@shared_task(time_limit=600)
def expire_job_results() -> None:
    """Nightly: files that jobs made a week ago go."""
    repair.expire_results()


@shared_task(time_limit=600)
def expire_uploads() -> None:
    """Nightly: tables that people uploaded a month ago go."""
    remove_old_uploads()
