from celery import shared_task

from core import outbox, partitions


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
