"""Which function does what a kind of message asks for. Filled by the apps' `outbox.py`, imported at the start."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from core.outbox.exceptions import UnknownKind

TRIES = 3
DEFAULT_QUEUE = "default"


@dataclass(frozen=True)
class Message:
    """What a handler gets. `attempt` counts from 1, and with `id` it names this try for good."""

    id: int
    kind: str
    key: str
    payload: dict[str, Any]
    attempt: int


Run = Callable[[Message], object]


@dataclass(frozen=True)
class Handler:
    """See `handler`."""

    kind: str
    run: Run
    transactional: bool
    idempotent: bool
    lease: timedelta
    backoff: tuple[timedelta, ...]
    queue: str

    @property
    def is_repeatable(self) -> bool:
        """Whether a try of which nobody knows the end may be made again."""
        return self.transactional or self.idempotent

    def pause_after(self, attempt: int) -> timedelta:
        return self.backoff[min(attempt, len(self.backoff)) - 1]


_handlers: dict[str, Handler] = {}


def handler(
    kind: str,
    *,
    transactional: bool = True,
    idempotent: bool = False,
    lease: timedelta | None = None,
    backoff: tuple[timedelta, ...] = (timedelta(seconds=10), timedelta(seconds=60)),
    queue: str = DEFAULT_QUEUE,
) -> Callable[[Run], Run]:
    """Register the decorated function as the one that does what `kind` asks for.

    `transactional`: all that it does is in our database. It runs in one transaction with the note that it is done, so
    it happens exactly once; keep it short. Otherwise (mail, push, SSH) the claim is committed before it runs, and a
    worker that dies in it leaves an end that nobody knows: the message is dead and a person decides, unless the
    handler says that it is `idempotent`. An exception is a failed try; `GiveUp` is the last one.

    `lease`: how long a worker may be silent before another takes over. A transactional handler needs little, for the
    row stays locked while it runs; all others must end within it, or prolong it by `hold`. `backoff`: the pauses after
    the first and the second try.
    """

    def register(run: Run) -> Run:
        known = _handlers.get(kind)
        if known is not None and known.run.__qualname__ != run.__qualname__:
            raise ValueError(f"Two handlers for {kind}: {known.run.__qualname__}, {run.__qualname__}")
        seconds = lease or timedelta(seconds=10 if transactional else 120)
        _handlers[kind] = Handler(kind, run, transactional, idempotent, seconds, backoff, queue)
        return run

    return register


def handler_of(kind: str) -> Handler:
    """Raises UnknownKind."""
    try:
        return _handlers[kind]
    except KeyError:
        raise UnknownKind(kind) from None


def all_handlers() -> tuple[Handler, ...]:
    return tuple(_handlers.values())


def forget(kind: str) -> None:
    """For tests that register a handler of their own."""
    _handlers.pop(kind, None)
