import json
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from core.models import OutboxMessage
from core.outbox.exceptions import NotInTransaction
from core.outbox.hints import hinter_of
from core.outbox.registry import handler_of

# One statement: whether the row is new, and the row. Due by the database's clock, for that is the one it is read by.
_INSERT = """
    INSERT INTO core_outboxmessage (kind, key, payload, created_at, due_at, attempts, error)
    VALUES (%s, %s, %s::jsonb, statement_timestamp(), COALESCE(%s, statement_timestamp()), 0, '')
    ON CONFLICT (kind, key) DO NOTHING
    RETURNING id
"""


def enqueue(
    kind: str, *, key: str, payload: dict[str, Any] | None = None, due_at: datetime | None = None
) -> OutboxMessage | None:
    """Ask for something to happen once, if and only if the current transaction is committed.

    `key` names the effect within its kind ("restart-17"): asked for again, even years of tries later, nothing new is
    written and None returned. The payload holds ids and plain values, no personal data: it is read by administrators.
    Raises NotInTransaction, UnknownKind, TypeError for what is not JSON.
    """
    if not connection.in_atomic_block:
        raise NotInTransaction(kind)
    handler = handler_of(kind)
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, [kind, key, json.dumps(payload or {}), due_at])
        row = cursor.fetchone()
    if row is None:
        return None
    _hint_once(handler.queue)
    return OutboxMessage(id=row[0], kind=kind, key=key, payload=payload or {})


def _hint_once(queue: str) -> None:
    """One hint a transaction, however many messages it writes. A rolled back savepoint takes its hint with it."""
    hinter = hinter_of(queue)
    if not any(entry[1] is hinter for entry in connection.run_on_commit):
        transaction.on_commit(hinter)
