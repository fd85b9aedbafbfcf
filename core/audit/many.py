"""Entries of acts that touch thousands of objects at once."""

from collections.abc import Iterable
from typing import Any

import psycopg
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections
from django.db.models import Model

from core.audit.recording import _INSERT, NotInTransaction, NotRecorded, Ref, _row_of, _told

# The columns of the one INSERT, whose rows these are; COPY takes thirty thousand in a second or two.
_COPY = f"COPY core_auditentry {_INSERT[_INSERT.index('(') : _INSERT.index(')') + 1]} FROM STDIN"
_NOTHING_YET = object()
Told = tuple[Model | Ref, dict[str, tuple[Any, Any]] | None]


def record_many(
    actor: Any, act: str, told: Iterable[Told], reason: str = "", *, using: str = DEFAULT_DB_ALIAS
) -> None:
    """As `record`, an entry an object, sent to the database together. Raises NotInTransaction, NotRecorded.

    Where the same changes are told of one object after the other, they are put into words once.
    """
    connection = connections[using]
    if not connection.in_atomic_block:
        raise NotInTransaction(act)
    last: Any = _NOTHING_YET
    words = ""
    try:
        # Written as they are made: the database takes one row while the next one is signed.
        with connection.cursor() as cursor, cursor.copy(_COPY) as copy:
            for obj, changes in told:
                if changes is not last:
                    last, words = changes, _told(changes)
                copy.write_row(_row_of(actor, act, obj, words, reason))
    except (DatabaseError, psycopg.Error) as error:  # Django does not wrap what COPY raises
        raise NotRecorded(f"{act}: {error}") from error
