"""The outbox: what must happen once is a row, written in the transaction of the change that asks for it.

PostgreSQL is the queue of record. The broker only hints that there is something to do, so that a hint which is lost,
late or doubled changes nothing: a worker claims the row, and the row says whether it was done.

    @handler("mail.send", transactional=False)                      # in <app>/outbox.py, found by itself
    def send_mail(message: Message) -> None: ...

    enqueue("mail.send", key=f"mail-{mail.pk}", payload={"mail": mail.pk})       # inside the caller's transaction
"""

from core.outbox.delivery import deliver, drain
from core.outbox.events import OutboxDead
from core.outbox.exceptions import GiveUp, NotInTransaction, UnknownKind
from core.outbox.leases import hold
from core.outbox.ping import answered_ago, ask
from core.outbox.registry import Handler, Message, handler
from core.outbox.repair import bury_lost, prune, requeue, sweep
from core.outbox.selectors import Condition, condition
from core.outbox.writing import enqueue

__all__ = [
    "Condition",
    "GiveUp",
    "Handler",
    "Message",
    "NotInTransaction",
    "OutboxDead",
    "UnknownKind",
    "answered_ago",
    "ask",
    "bury_lost",
    "condition",
    "deliver",
    "drain",
    "enqueue",
    "handler",
    "hold",
    "prune",
    "requeue",
    "sweep",
]
