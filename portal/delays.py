"""Whether people should be told that some things come later: the broker is gone, or its worker is silent."""

import threading
import time

from django.core.cache import caches

from portal import heartbeats

# A page never waits for this: one request in three seconds asks, at half a second the most.
REMEMBERED_S = 3.0
_asking = threading.Lock()
_answer = False
_until = 0.0


def some_things_are_delayed() -> bool:
    """By Redis and the workers' signs of life alone; no query."""
    global _answer, _until  # noqa: PLW0603  one answer a process
    if time.monotonic() >= _until and _asking.acquire(blocking=False):
        try:
            _answer = _ask()
            _until = time.monotonic() + REMEMBERED_S
        finally:
            _asking.release()
    return _answer


def _ask() -> bool:
    if not caches["default"].answers():  # type: ignore[attr-defined]  # core.caching
        return True
    # None: no worker has answered since the start, which readiness is about.
    age = heartbeats.age("default")
    return age is not None and age > heartbeats.SILENT_AFTER
