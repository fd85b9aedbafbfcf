"""How a call of the core is signed, for both sides.

    Authorization: GERAI-HMAC-SHA256 key=ppob_…, timestamp=1795600000, nonce=…, signature=…

The signature is the hexadecimal HMAC-SHA256, with the key's secret, over five lines joined by a line feed: method, path
with its query as sent, timestamp (seconds since 1970), nonce, hexadecimal SHA-256 of the body.
"""

import hashlib
import hmac
import secrets
import time

SCHEME = "GERAI-HMAC-SHA256"


def signature_of(*, secret: str, method: str, path: str, timestamp: str, nonce: str, body: bytes) -> str:
    """What the caller sends as `signature`."""
    text = "\n".join((method, path, timestamp, nonce, hashlib.sha256(body).hexdigest()))
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()


def authorization(
    *, key_id: str, secret: str, method: str, path: str, body: bytes, at: float | None = None, nonce: str = ""
) -> str:
    """The header of one call, with a nonce of its own."""
    timestamp = str(int(time.time() if at is None else at))
    nonce = nonce or secrets.token_hex(16)
    signature = signature_of(
        secret=secret, method=method, path=path, timestamp=timestamp, nonce=nonce, body=body
    )
    return f"{SCHEME} key={key_id}, timestamp={timestamp}, nonce={nonce}, signature={signature}"
