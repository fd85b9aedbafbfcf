"""Who works at which message. A claim is a number: the try it stands for. An older number's holder has lost it."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from core.models import OutboxMessage
from core.outbox.registry import TRIES, Handler, Message, all_handlers, handler_of


def open_messages() -> QuerySet[OutboxMessage]:
    return OutboxMessage.objects.filter(done_at=None, dead_at=None)


def claimable(handlers: tuple[Handler, ...]) -> QuerySet[OutboxMessage]:
    """Due, free, and with a try left. An expired claim of what must not be repeated is not free: it is buried."""
    again = [handler.kind for handler in handlers if handler.is_repeatable]
    free = Q(claimed_until=None) | Q(kind__in=again, claimed_until__lt=Now())
    kinds = [handler.kind for handler in handlers]
    return open_messages().filter(free, kind__in=kinds, due_at__lte=Now(), attempts__lt=TRIES)


def handlers_on(queue: str) -> tuple[Handler, ...]:
    return tuple(handler for handler in all_handlers() if handler.queue == queue)


def claim_next(queue: str) -> Message | None:
    """Take the message that is due longest, and commit that: a try counts though its worker is killed in it."""
    return _claim(claimable(handlers_on(queue)).order_by("due_at", "id"))


def claim_one(message_id: int) -> Message | None:
    """Take this message if it is due and free."""
    return _claim(claimable(all_handlers()).filter(pk=message_id))


@transaction.atomic(durable=True)
def _claim(choice: QuerySet[OutboxMessage]) -> Message | None:
    row = choice.select_for_update(skip_locked=True).first()
    if row is None:
        return None
    row.attempts += 1
    OutboxMessage.objects.filter(pk=row.pk).update(
        attempts=row.attempts, claimed_until=Now() + handler_of(row.kind).lease
    )
    return Message(row.pk, row.kind, row.key, row.payload, row.attempts)


def held(message: Message) -> QuerySet[OutboxMessage]:
    """The message's row, for as long as this try is the newest one."""
    return OutboxMessage.objects.filter(pk=message.id, attempts=message.attempt, done_at=None)


def hold(message: Message, seconds: float) -> bool:
    """Keep the claim for so many seconds from now; False when it was lost, and the handler should stop."""
    until = Now() + timedelta(seconds=seconds)
    return bool(held(message).filter(dead_at=None).update(claimed_until=until))
