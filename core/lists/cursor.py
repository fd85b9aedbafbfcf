"""A place between two rows, as text for an address.

Sealed, not only signed: the value of the sorted column may be a NIK, and a NIK never stands in an address.
"""

import base64
import hashlib
import json
from dataclasses import dataclass
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from django.utils.crypto import salted_hmac


class UnusableCursor(Exception):
    """Altered, sealed with another key, or made for other filters or another sort."""


@dataclass(frozen=True)
class Position:
    """The row beside which a page begins: the sorted column's value, the key, and which way to read."""

    value: Any
    key: Any  # a number or a UUID
    backwards: bool = False


def seal(position: Position, *, of: str) -> str:
    """`of` names the list as filtered and sorted; the cursor opens for no other."""
    value = position.value
    plain = (
        value.isoformat()
        if hasattr(value, "isoformat")
        else value
        if isinstance(value, int | None)
        else str(value)
    )
    key = position.key if isinstance(position.key, int) else str(position.key)
    content = json.dumps([of, plain, key, int(position.backwards)], separators=(",", ":"))
    return _fernet().encrypt(content.encode()).decode().rstrip("=")


def unseal(text: str, *, of: str) -> Position:
    """The position, its value still plain JSON. Raises UnusableCursor."""
    padded = text + "=" * (-len(text) % 4)
    try:
        made_for, value, key, backwards = json.loads(_fernet().decrypt(padded.encode("ascii")))
    except (InvalidToken, ValueError) as error:
        raise UnusableCursor from error
    if made_for != of:
        raise UnusableCursor
    return Position(value, key, bool(backwards))


def fingerprint(*parts: Any) -> str:
    """A short name for a list as filtered and sorted."""
    return hashlib.sha256(json.dumps(parts, default=str).encode()).hexdigest()[:16]


def _fernet() -> Fernet:
    key = salted_hmac("core.lists.cursor", "seal", algorithm="sha256").digest()
    return Fernet(base64.urlsafe_b64encode(key))
