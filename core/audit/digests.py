"""What is hashed, byte for byte. Nothing personal enters but through a salted digest that outlives its salt."""

import hashlib
import hmac
import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from django.conf import settings


def signed(content: bytes) -> bytes:
    """HMAC-SHA256 with the newest key of GERAI_AUDIT_KEYS, which stands outside the database."""
    return hmac.digest(_keys()[0], content, "sha256")


def is_signed(content: bytes, mac: bytes) -> bool:
    """Whether any of the keys made this: old ones stay good after a new one came."""
    return any(hmac.compare_digest(hmac.digest(key, content, "sha256"), mac) for key in _keys())


def personal_part(salt: bytes, changes: Any, reason: str, address: str | None) -> bytes:
    """What `changes_digest` signs. The salt keeps a phone number from being guessed out of its digest."""
    return b"changes" + salt + _canonical([changes, reason, address])


def lasting_part(
    at: datetime,
    actor_id: int | None,
    actor_uuid: Any,
    act: str,
    object_kind: str,
    object_uuid: Any,
    via: str,
    request_id: str,
    changes_digest: bytes,
) -> bytes:
    """What `mac` signs: an entry that SQL inserted without the key is known at once, sealed or not."""
    return b"entry" + _canonical(
        [
            stamp(at),
            actor_id,
            str(actor_uuid or ""),
            act,
            object_kind,
            str(object_uuid),
            via,
            request_id,
            changes_digest.hex(),
        ]
    )


def entry_digest(entry_id: int, lasting: bytes, mac: bytes) -> bytes:
    """What a seal holds of its entry."""
    return hashlib.sha256(_canonical([entry_id, mac.hex()]) + lasting).digest()


def link_digest(
    previous: bytes, seal_no: int, entry_id: int, entry_at: datetime, digest: bytes, sealed_at: datetime
) -> bytes:
    """The chain: each link covers all before it."""
    link = [previous.hex(), seal_no, entry_id, stamp(entry_at), digest.hex(), stamp(sealed_at)]
    return hashlib.sha256(_canonical(link)).digest()


def erasure_proof(entries: Iterable[tuple[int, str]]) -> str:
    """Signs an erasure's list of entries, so that SQL alone cannot pass off an alteration as an erasure."""
    return signed(erasure_part(entries)).hex()


def erasure_part(entries: Iterable[tuple[int, str]]) -> bytes:
    return b"erasure" + _canonical([list(entry) for entry in entries])


def stamp(moment: datetime) -> str:
    """UTC with microseconds: as exact as PostgreSQL keeps it, and the same in every session's zone."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def from_json(text: Any) -> Any:
    """What PostgreSQL kept, as Python had it."""
    return json.loads(text) if isinstance(text, str) else text


def _canonical(content: Any) -> bytes:
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def _keys() -> list[bytes]:
    return [key.encode() for key in settings.AUDIT_KEYS]
