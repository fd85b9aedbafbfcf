from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, Min, Q
from django.db.models.functions import Now
from django.utils import timezone

from core.models import OutboxMessage
from core.outbox.leases import open_messages


@dataclass(frozen=True)
class Condition:
    """How the outbox does: what is due and not done, since when, and what was given up."""

    waiting: int
    oldest_seconds: float
    dead: int
    dead_today: int


def condition() -> Condition:
    """Two aggregates, each over a partial index."""
    now = timezone.now()
    due = open_messages().filter(due_at__lte=Now()).aggregate(count=Count("id"), oldest=Min("due_at"))
    dead = OutboxMessage.objects.filter(dead_at__isnull=False).aggregate(
        count=Count("id"), today=Count("id", filter=Q(dead_at__gt=now - timedelta(days=1)))
    )
    oldest = max(0.0, (now - due["oldest"]).total_seconds()) if due["oldest"] else 0.0
    return Condition(due["count"], oldest, dead["count"], dead["today"])
