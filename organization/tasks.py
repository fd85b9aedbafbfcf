from celery import shared_task

from organization.login.retention import remove_old_logins as remove
from organization.services import follow_the_calendar


@shared_task(time_limit=600)
def follow_branches() -> None:
    """Each hour: where a store's planned move has begun, the other branch serves it. Most hours there is none."""
    follow_the_calendar()


@shared_task(time_limit=600)
def remove_old_logins() -> None:
    """Nightly: sessions that are over, and browsers that nobody logged in with for longer than their cookie lives."""
    remove()
