"""Entries of acts that touch thousands of objects at once."""

from collections.abc import Iterable
from typing import Any

from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections
from django.db.models import Model

from core.audit.recording import _INSERT, NotInTransaction, NotRecorded, Ref, _row

Told = tuple[Model | Ref, dict[str, tuple[Any, Any]] | None]


def record_many(
    actor: Any, act: str, told: Iterable[Told], reason: str = "", *, using: str = DEFAULT_DB_ALIAS
) -> None:
    """As `record`, an entry an object, sent to the database together. Raises NotInTransaction, NotRecorded."""
    connection = connections[using]
    if not connection.in_atomic_block:
        raise NotInTransaction(act)
    rows = [_row(actor, act, obj, changes, reason) for obj, changes in told]
    try:
        with connection.cursor() as cursor:
            cursor.executemany(_INSERT, rows)
    except DatabaseError as error:
        raise NotRecorded(f"{act}: {error}") from error
