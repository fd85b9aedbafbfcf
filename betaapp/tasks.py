from celery import shared_task

from betaapp import notices, services


@shared_task(time_limit=600)
def follow_the_calendar() -> None:
    """Each hour: programmes whose last day has passed end, stores that opened join, and makers are warned in time."""
    services.end_what_is_over()
    services.let_new_stores_join()
    notices.tell_of_endings()
