"""Where an act comes from, known without handing a request down to every service."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from celery import signals

from core.models.audit import Via


@dataclass(frozen=True)
class Origin:
    """The door, the client's address if there is one, and the request's (or task's) own number."""

    via: str
    address: str | None = None
    request_id: str = ""


# Whoever came through none of the doors below typed a command.
_origin: ContextVar[Origin] = ContextVar("audit_origin", default=Origin(Via.COMMAND))  # noqa: B039  frozen


def origin() -> Origin:
    return _origin.get()


@contextmanager
def acting(via: Via, *, address: str | None = None, request_id: str = "") -> Iterator[None]:
    """Everything recorded inside came through this door: for consumers and for tests."""
    token = _origin.set(Origin(via, address, request_id[:64]))
    try:
        yield
    finally:
        _origin.reset(token)


@signals.task_prerun.connect
def _task_begins(task_id: str = "", **_: Any) -> None:
    _origin.set(Origin(Via.TASK, request_id=task_id[:64]))


@signals.task_postrun.connect
def _task_ended(**_: Any) -> None:
    _origin.set(Origin(Via.COMMAND))
