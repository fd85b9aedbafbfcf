"""Values as the trail keeps them: JSON that PostgreSQL gives back exactly as it got it."""

from datetime import date, datetime, time
from enum import Enum
from typing import Any

from django.db.models import Model
from django.db.models.fields.files import FieldFile
from psycopg.types.range import Range

from core.audit.kinds import has_personal_fields, kind_of

# A PIN's hash is nobody's business, not even the auditor's.
NEVER = frozenset({"password", "session_series", "token_digest"})


def plain_changes(changes: dict[str, tuple[Any, Any]] | None) -> dict[str, list[Any]]:
    """{"status": ["active", "frozen"]}"""
    return {
        name: [plain(old), plain(new)] for name, (old, new) in (changes or {}).items() if name not in NEVER
    }


def plain(value: Any) -> Any:
    """Numbers with a point become text, for jsonb writes them its own way; people become references."""
    if type(value) is str:
        return plain_text(value)
    if isinstance(value, Enum):
        value = value.value
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, Model):
        return _reference(value)
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, Range):
        return {"from": plain(value.lower), "until": plain(value.upper)}
    if isinstance(value, FieldFile):
        return value.name or ""
    if isinstance(value, dict):
        return {plain_text(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset) or hasattr(value, "_iterable_class"):
        return [plain(item) for item in value]
    return plain_text(value)


def plain_text(value: Any) -> str:
    """Text without what jsonb refuses: NUL, and halves of characters."""
    return str(value).replace("\0", "").encode("utf-8", "replace").decode()


def _reference(thing: Model) -> Any:
    """A kind and a UUID; the name too, unless it is a person's."""
    uuid = getattr(thing, "uuid", None)
    if uuid is None:
        return plain_text(thing)
    kind = kind_of(thing)
    text = {} if has_personal_fields(kind) else {"text": plain_text(thing)}
    return {"kind": kind, "uuid": str(uuid), **text}
