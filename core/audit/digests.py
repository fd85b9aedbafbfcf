"""What is hashed, byte for byte. Nothing personal enters but through a salted digest that outlives its salt."""

import hashlib
import hmac
import json
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import cache, partial
from typing import Any

from django.conf import settings

# JSON in one way of writing. Made once, for each sensitive write encodes twice.
canonical = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode


def signed(content: bytes) -> bytes:
    """HMAC-SHA256 with the newest key of GERAI_AUDIT_KEYS, which stands outside the database."""
    return _mac(_keyed()[0], content)


def signer() -> Callable[[bytes], bytes]:
    """`signed` for whoever signs thousands: its key is looked up once."""
    return partial(_mac, _keyed()[0])


def is_signed(content: bytes, mac: bytes) -> bool:
    """Whether any of the keys made this: old ones stay good after a new one came."""
    return any(hmac.compare_digest(_mac(keyed, content), mac) for keyed in _keyed())


def changes_digest(salt: bytes, changes: str, reason: str, address: str | None) -> bytes:
    """All that can be personal. The salt keeps a phone number from being guessed out of its digest; `mac` signs it.

    `changes` is `canonical` text. NUL parts the three: none of them can hold one.
    """
    return salted(salt, changes_part(changes, reason, address))


def changes_part(changes: str, reason: str, address: str | None) -> bytes:
    return "\0".join((changes, reason, address or "")).encode()


def salted(salt: bytes, part: bytes) -> bytes:
    """`changes_digest` of what `changes_part` made ready."""
    return hashlib.sha256(salt + part).digest()


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


def lasting_parts(
    actor_id: int | None, actor_uuid: Any, act: str, object_kind: str, via: str, request_id: str
) -> Callable[[str, str, bytes], bytes]:
    """`lasting_part` of many entries that differ in moment (a `stamp`), object and digest alone; byte for byte the same."""
    before = canonical([actor_id, str(actor_uuid or ""), act, object_kind])[1:-1]
    after = canonical([via, request_id])[1:-1]
    return lambda at, object_uuid, changes_digest: (
        f'entry["{at}",{before},"{object_uuid}",{after},"{changes_digest.hex()}"]'.encode()
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
    return canonical(content).encode()


def _mac(keyed: hmac.HMAC, content: bytes) -> bytes:
    mac = keyed.copy()
    mac.update(content)
    return mac.digest()


def _keyed() -> list[hmac.HMAC]:
    return _with_keys(tuple(settings.AUDIT_KEYS))


@cache
def _with_keys(keys: tuple[str, ...]) -> list[hmac.HMAC]:
    """Copied for each use: `hmac.digest` would give the GIL away, which costs a busy process a quarter of its rate."""
    return [hmac.new(key.encode(), digestmod="sha256") for key in keys]
