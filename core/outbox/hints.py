"""A word to the broker that there is something to do. It may be lost: the sweep finds the row within ten seconds."""

import time
from collections.abc import Callable
from functools import lru_cache

import structlog
from celery import current_app

from core.broker import impatient_connection

log = structlog.get_logger(__name__)

TASK = "core.tasks.deliver_outbox"
# A hint that nobody took by then is no news: the sweep has given others.
EXPIRES_S = 60
# After a failure nobody waits for the broker again for so long.
SILENCE_S = 5.0
_silent_until = 0.0
_is_in_trouble = False


def hint(queue: str) -> bool:
    """Tell the queue's workers; whether the broker took it. Never raises, and waits a second at the most."""
    global _silent_until, _is_in_trouble  # noqa: PLW0603  one broker a process
    if time.monotonic() < _silent_until:
        return False
    try:
        with impatient_connection() as connection:
            current_app.send_task(
                TASK, args=[queue], queue=queue, expires=EXPIRES_S, retry=False, connection=connection
            )
    except Exception as error:  # noqa: BLE001  whatever is wrong with the broker, the row is committed
        _silent_until = time.monotonic() + SILENCE_S
        if not _is_in_trouble:
            log.warning("outbox.broker_gone", error=str(error))
        _is_in_trouble = True
        return False
    if _is_in_trouble:
        log.warning("outbox.broker_is_back")
    _is_in_trouble = False
    return True


@lru_cache
def hinter_of(queue: str) -> Callable[[], None]:
    """The same callable for the same queue, so that a transaction can see that it has it already."""

    def hinter() -> None:
        hint(queue)

    return hinter
