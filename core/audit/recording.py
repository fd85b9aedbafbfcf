import ssl
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections
from django.db.models import Model
from django.utils import timezone

from core.audit import digests
from core.audit.context import origin
from core.audit.kinds import kind_of
from core.audit.plain import plain_changes, plain_text
from core.prepared import prepared_cursor


class NotInTransaction(RuntimeError):
    """An entry outside the transaction of its change could stay when the change is rolled back, or be lost without it."""


class NotRecorded(RuntimeError):
    """The entry could not be written, so what it speaks of must not happen. No caller takes this for an error of its own."""


@dataclass(frozen=True)
class Ref:
    """An object known by its kind and UUID alone."""

    kind: str
    uuid: UUID


# One statement without the ORM: every sensitive write pays for it, and PostgreSQL numbers the entries.
_INSERT = """
    INSERT INTO core_auditentry (at, actor_id, actor_uuid, act, object_kind, object_uuid, via, request_id,
                                 address, reason, changes, salt, changes_digest, mac)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s::jsonb, %s, %s, %s)
"""


def record(
    actor: Any,
    act: str,
    obj: Model | Ref,
    changes: dict[str, tuple[Any, Any]] | None = None,
    reason: str = "",
    *,
    using: str = DEFAULT_DB_ALIAS,
) -> None:
    """Write what `actor` did to `obj`, in the transaction that does it; an error here undoes the whole.

    `changes` maps a field's name to (old, new). `actor` is None for the house itself: a command or a task. Raises
    NotInTransaction, NotRecorded.
    """
    connection = connections[using]
    if not connection.in_atomic_block:
        raise NotInTransaction(act)
    row = _row(actor, act, obj, _told(changes), reason)
    try:
        with prepared_cursor(connection) as cursor:
            cursor.execute(_INSERT, row)
    except DatabaseError as error:
        raise NotRecorded(f"{act}: {error}") from error


def changed(obj: Model, **new: Any) -> dict[str, tuple[Any, Any]]:
    """(old, new) of those fields that would get another value."""
    return {name: (getattr(obj, name), value) for name, value in new.items() if getattr(obj, name) != value}


def _told(changes: dict[str, tuple[Any, Any]] | None) -> str:
    """The changes as the trail keeps them."""
    return digests.canonical(plain_changes(changes))


def _row(actor: Any, act: str, obj: Model | Ref, told: str, reason: str) -> tuple[Any, ...]:
    came = origin()
    # OpenSSL's generator: os.urandom would give the GIL away, and a busy process pays for that.
    reason, salt = plain_text(reason), ssl.RAND_bytes(16)
    changes_digest = digests.changes_digest(salt, told, reason, came.address)
    lasting = (
        timezone.now(),
        *_names_of(actor),
        act,
        *_identity_of(obj),
        str(came.via),
        came.request_id,
    )
    mac = digests.signed(digests.lasting_part(*lasting, changes_digest))
    return (*lasting, came.address, reason, told, salt, changes_digest, mac)


def _names_of(actor: Any) -> tuple[int | None, UUID | None]:
    """Key and UUID of the person; neither for the house and for a stranger."""
    return (None, None) if actor is None or not actor.pk else (actor.pk, actor.uuid)


def _identity_of(obj: Model | Ref) -> tuple[str, UUID]:
    return (obj.kind, obj.uuid) if isinstance(obj, Ref) else (kind_of(obj), obj.uuid)  # type: ignore[attr-defined]  # Identified
