"""A message's way: claimed (committed), done together with the note that it is done, or failed and tried again."""

import time

import structlog
from django.db import transaction
from django.db.models.functions import Now

from core.models import OutboxMessage
from core.outbox import leases
from core.outbox.alerts import alert
from core.outbox.exceptions import GiveUp
from core.outbox.hints import hint
from core.outbox.registry import TRIES, Handler, Message, handler_of

log = structlog.get_logger(__name__)

LONGEST_ERROR = 2000
# A worker goes back to its queue now and then; and calls another to help when there is much to do.
DRAIN_S = 8.0
MANY = 20


def deliver(message_id: int) -> bool:
    """Do what this message asks for, if it is due and nobody else does; whether it was done here and now."""
    message = leases.claim_one(message_id)
    return message is not None and _do(message)


def drain(queue: str, *, seconds: float = DRAIN_S) -> int:
    """Do what is due on the queue, one message after another, for so long at most; how many were tried."""
    deadline, tried = time.monotonic() + seconds, 0
    while time.monotonic() < deadline:
        message = leases.claim_next(queue)
        if message is None:
            return tried
        _do(message)
        tried += 1
        if tried == MANY:
            hint(queue)
    hint(queue)
    return tried


def _do(message: Message) -> bool:
    handler = handler_of(message.kind)
    try:
        return (_inside if handler.transactional else _outside)(handler, message)
    except Exception as error:  # a handler may raise anything; it is its message that fails
        log.warning(
            "outbox.failed", message=message.id, kind=message.kind, attempt=message.attempt, exc_info=True
        )
        _failed(handler, message, error)
        return False


@transaction.atomic(durable=True)
def _inside(handler: Handler, message: Message) -> bool:
    """Effect and note in one transaction, the row locked: killed anywhere in it, nothing has happened yet."""
    if leases.held(message).filter(dead_at=None).select_for_update().first() is None:
        return False
    handler.run(message)
    _note_done(message)
    return True


def _outside(handler: Handler, message: Message) -> bool:
    """The claim is committed; from here on the effect may have happened, whatever becomes of us."""
    handler.run(message)
    # Also when it took so long that it was buried meanwhile: the end is known after all.
    return bool(_note_done(message))


def _note_done(message: Message) -> int:
    return leases.held(message).update(done_at=Now(), dead_at=None, claimed_until=None, error="")


@transaction.atomic(durable=True)
def _failed(handler: Handler, message: Message, error: Exception) -> None:
    row = leases.held(message).filter(dead_at=None).select_for_update().first()
    if row is None:
        return
    text = f"{type(error).__name__}: {error}"[:LONGEST_ERROR].replace("\x00", "")
    if message.attempt >= TRIES or isinstance(error, GiveUp):
        bury(row, text)
        return
    OutboxMessage.objects.filter(pk=row.pk).update(
        error=text, claimed_until=None, due_at=Now() + handler.pause_after(message.attempt)
    )


def bury(row: OutboxMessage, error: str) -> None:
    """Give a message up: it stays for a person to look at. Within a transaction that has the row locked."""
    OutboxMessage.objects.filter(pk=row.pk).update(error=error, claimed_until=None, dead_at=Now())
    log.error("outbox.dead", message=row.pk, kind=row.kind, attempts=row.attempts, error=error)
    alert(row)
