from celery import shared_task

from notifications.services import remove_old


@shared_task(time_limit=600)
def remove_old_notifications() -> None:
    """Nightly: what was read a season ago goes."""
    remove_old()
