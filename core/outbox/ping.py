"""The heartbeat from end to end: beat asks, the outbox carries, a worker answers. A worker that is alive and deaf to
its queue shows here and nowhere else."""

import time
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from core.models import OutboxMessage
from core.outbox.registry import Message, handler
from core.outbox.writing import enqueue

PING = "core.ping"
EVERY_S = 30
KEPT = timedelta(days=1)


@handler(PING)
def answer(message: Message) -> None:
    """Nothing to do: the row's `done_at` is the answer."""


@transaction.atomic
def ask() -> None:
    """One ping a slot of half a minute, however many beats there are."""
    enqueue(PING, key=f"{int(time.time() // EVERY_S):012d}")


def answered_ago() -> float | None:
    """Seconds since a worker last did a ping; None when none ever did."""
    last = (
        OutboxMessage.objects.filter(kind=PING, done_at__isnull=False)
        .order_by("-key")
        .values_list("done_at", flat=True)
        .first()
    )
    return max(0.0, (timezone.now() - last).total_seconds()) if last else None


def prune_pings() -> int:
    """Drop yesterday's, also those that were given up: they say nothing today."""
    return OutboxMessage.objects.filter(kind=PING, created_at__lt=timezone.now() - KEPT).delete()[0]
