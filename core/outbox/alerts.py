"""That a message was given up is a message too: whoever gives it up may be killed before anybody has heard of it."""

from django.utils import timezone

from core.events import announce, listeners_of
from core.models import OutboxMessage
from core.outbox.events import OutboxDead
from core.outbox.registry import Message, handler
from core.outbox.writing import enqueue

DEAD = "core.dead"


@handler(DEAD)
def tell(message: Message) -> None:
    """In one transaction with the note that it is done, so that what the listeners write is written once."""
    event = OutboxDead(message_id=message.payload["message"], kind=message.payload["kind"])
    for hear in listeners_of(OutboxDead):
        hear(event)


def alert(row: OutboxMessage) -> None:
    """Have it told that this message is given up, again when it is given up again. Within the burial's transaction."""
    if row.kind == DEAD:  # nobody could be told three times: this one is only called out
        announce(OutboxDead(message_id=row.pk, kind=row.kind))
        return
    key = f"{row.pk}-{timezone.now():%Y%m%d%H%M%S%f}"
    enqueue(DEAD, key=key, payload={"message": row.pk, "kind": row.kind})
