"""What happened, told to whoever listens. Lower apps announce, and do not know who hears: `portal/wiring.py` says it.

An event is for what may be missed (a page that moves, a socket that closes). What must not be lost is also an outbox
message, written in the same transaction: a callback after commit dies with its process.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import structlog
from django.db import transaction

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Event:
    """Base of every event: past tense, a frozen dataclass of ids. Its docstring is its line in docs/events.md."""


E = TypeVar("E", bound=Event)
_listeners: dict[type[Event], list[Callable[[Any], object]]] = {}


def listen(event_class: type[E], handler: Callable[[E], object]) -> None:
    """Have `handler` hear every event of exactly this class. Called in `portal/wiring.py` and nowhere else."""
    handlers = _listeners.setdefault(event_class, [])
    if handler not in handlers:
        handlers.append(handler)


def listeners_of(event_class: type[Event]) -> tuple[Callable[[Any], object], ...]:
    """Who hears it, in the order of registration."""
    return tuple(_listeners.get(event_class, ()))


def announce(event: Event) -> None:
    """Tell the listeners once the current transaction is committed; at once outside of one, never after a rollback."""
    transaction.on_commit(lambda: _tell(event))


def _tell(event: Event) -> None:
    """One listener's failure is written down and is nobody else's: the change itself is committed already."""
    for handler in listeners_of(type(event)):
        try:
            handler(event)
        except Exception:
            log.exception("event.listener_failed", event_told=repr(event), listener=handler.__qualname__)
