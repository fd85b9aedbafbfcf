"""Signs of life of beat, the workers and the queues, kept in the cache; read by the health pages."""

import json
import time
from typing import Any

from celery import current_app, signals
from django.core.cache import cache

from core.broker import impatient_connection

QUEUES = ("default", "jobs", "monitoring.0")
# beat sends every 30 s; two beats may be lost before we call it silent.
SILENT_AFTER = 90.0
BACKLOG_AFTER = 60.0
_is_beat = False


def ask() -> None:
    """Have a worker of each queue answer."""
    for queue in QUEUES:
        current_app.send_task("portal.tasks.heartbeat", args=[queue], queue=queue, expires=60)


def answer(queue: str) -> None:
    """Called by a worker of `queue`."""
    cache.set(f"heartbeat:{queue}", time.time(), None)


def forget() -> None:
    """Before a start: what an earlier run's workers said is no sign of ours."""
    cache.delete_many([*(f"heartbeat:{queue}" for queue in QUEUES), "heartbeat:beat"])


def age(name: str) -> float | None:
    """Seconds since `name` (a queue, or "beat") gave a sign; None when it never did."""
    at = cache.get(f"heartbeat:{name}")
    return None if at is None else max(0.0, time.time() - at)


def backlog(queue: str) -> tuple[int, float]:
    """How many messages wait in `queue`, and for how many seconds the oldest: known though no worker lives."""
    with impatient_connection() as connection:
        broker: Any = connection.default_channel.client
        # Messages are pushed on the left and taken from the right.
        oldest, length = broker.lindex(queue, -1), broker.llen(queue)
    if not oldest:
        return int(length), 0.0
    sent_at = json.loads(oldest).get("headers", {}).get("sent_at")
    return int(length), max(0.0, time.time() - sent_at) if sent_at else 0.0


@signals.beat_init.connect
def _this_is_beat(**_: Any) -> None:
    global _is_beat  # noqa: PLW0603  a process is beat or it is not
    _is_beat = True


@signals.before_task_publish.connect
def _stamp(headers: dict[str, Any] | None = None, **_: Any) -> None:
    """Every message says when it was sent; every message of beat is a sign of beat's life."""
    if headers is not None:
        headers["sent_at"] = time.time()
    if _is_beat:
        cache.set("heartbeat:beat", time.time(), None)
