"""Connections to the broker for whoever serves people: a worker may wait for a slow broker, a request may not."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from celery import current_app

PATIENCE_S = 0.5


@contextmanager
def impatient_connection() -> Iterator[Any]:
    """One of a few kept connections, which fails after half a second instead of waiting and trying again."""
    with _connections(current_app.conf.broker_url).acquire(block=True, timeout=PATIENCE_S) as connection:
        yield connection


@lru_cache(maxsize=4)
def _connections(url: str) -> Any:
    impatient = {
        "socket_timeout": PATIENCE_S,
        "socket_connect_timeout": PATIENCE_S,
        "retry_on_timeout": False,
        "max_retries": 0,
    }
    return current_app.connection_for_write(url, transport_options=impatient).Pool(limit=8)
