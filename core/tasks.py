from celery import shared_task

from core import partitions


@shared_task(time_limit=120)
def maintain_partitions() -> None:
    """Nightly: partitions for the coming days, and an end to the expired ones."""
    partitions.maintain_partitions()
