"""What keeps the outbox moving when hints are lost, workers die and handlers fail for good."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid5

from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from core import audit
from core.models import OutboxMessage
from core.outbox import leases
from core.outbox.delivery import bury
from core.outbox.hints import hint
from core.outbox.ping import prune_pings
from core.outbox.registry import TRIES, all_handlers

# Names a message in the audit trail, which knows things by UUID.
MESSAGES = UUID("6f6d1f0e-54a5-4c0c-9f5a-3f3f0d6b7a51")
KEPT_DAYS = 30
# Hints a sweep gives a queue: enough to wake several workers, few enough to be no load.
MOST_HINTS = 4
BURIED_AT_ONCE = 100


def sweep() -> int:
    """Beat's, each ten seconds: bury what nobody may try again, and hint at what is due. How many are due.

    Two sweeps at once hint twice, which costs a look at the table and has no effect.
    """
    bury_lost()
    due = 0
    for queue in sorted({handler.queue for handler in all_handlers()}):
        waiting = leases.claimable(leases.handlers_on(queue)).count()
        for _ in range(min(waiting, MOST_HINTS)):
            hint(queue)
        due += waiting
    return due


@transaction.atomic
def bury_lost() -> int:
    """Give up what died with its worker in the last try, or may not be repeated after an end that nobody knows."""
    once = [handler.kind for handler in all_handlers() if not handler.is_repeatable]
    # A row that is locked is being worked at, however old its claim.
    lost = (
        leases.open_messages()
        .filter(Q(kind__in=once) | Q(attempts__gte=TRIES), claimed_until__lt=Now())
        .select_for_update(skip_locked=True)[:BURIED_AT_ONCE]
    )
    rows = list(lost)
    for row in rows:
        bury(row, row.error or "The worker ended in the middle; whether it was done is not known.")
    return len(rows)


def requeue(messages: QuerySet[OutboxMessage], *, actor: Any = None) -> int:
    """Give dead messages three tries more; how many. Whoever asks for it has looked whether the effect is there.

    `actor` is None for the operator's command.
    """
    queues = {handler.kind: handler.queue for handler in all_handlers()}
    with transaction.atomic():
        dead = list(messages.filter(dead_at__isnull=False).select_for_update())
        OutboxMessage.objects.filter(pk__in=[row.pk for row in dead]).update(
            dead_at=None, attempts=0, claimed_until=None, due_at=Now()
        )
        for row in dead:
            message = audit.Ref(audit.kind_of(row), uuid5(MESSAGES, str(row.pk)))
            facts = {"message_kind": (None, row.kind), "message_key": (None, row.key)}
            audit.record(actor, "outbox.requeued", message, facts)
    for queue in {queues[row.kind] for row in dead if row.kind in queues}:
        hint(queue)
    return len(dead)


def prune() -> int:
    """Nightly: forget what was done a month ago; how many. The dead stay until somebody has dealt with them."""
    old = timezone.now() - timedelta(days=KEPT_DAYS)
    return prune_pings() + OutboxMessage.objects.filter(done_at__lt=old).delete()[0]
