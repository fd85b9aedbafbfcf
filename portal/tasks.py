from celery import shared_task

from portal import heartbeats


@shared_task(expires=60)
def heartbeat(queue: str = "") -> None:
    """Without a queue (from beat) ask every queue's workers; with one, answer for it."""
    if queue:
        heartbeats.answer(queue)
    else:
        heartbeats.ask()
