"""Secrets of a portal that was given none: made once, kept beside the data that they protect."""

import base64
import json
import os
import secrets
from pathlib import Path

from portal.servers.errors import ServerError
from portal.servers.locks import locked
from portal.servers.places import make_dir


def _fernet_key() -> str:
    """32 random bytes in URL-safe base64: what cryptography.fernet expects."""
    return base64.urlsafe_b64encode(os.urandom(32)).decode()


MAKERS = {
    "SECRET_KEY": lambda: secrets.token_urlsafe(50),
    "GERAI_PIN_PEPPER": lambda: secrets.token_urlsafe(32),
    "GERAI_FIELD_KEYS": _fernet_key,
    "GERAI_AUDIT_KEYS": lambda: secrets.token_urlsafe(32),
}


def local_secrets(state: Path) -> dict[str, str]:
    """What `secrets.json` holds, completed where a name is missing; readable by this account alone."""
    file = make_dir(state) / "secrets.json"
    with locked(state / "secrets.lock"):
        try:
            known = json.loads(file.read_text()) if file.exists() else {}
        except (OSError, ValueError) as error:
            raise ServerError(f"Cannot read {file}: {error}") from error
        missing = {name: make() for name, make in MAKERS.items() if name not in known}
        if missing:
            known |= missing
            unfinished = file.with_suffix(".new")
            unfinished.touch(mode=0o600)
            unfinished.write_text(json.dumps(known, indent=1))
            unfinished.rename(file)
    return known
