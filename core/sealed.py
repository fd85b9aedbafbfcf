"""Secrets that the database has to give back: sealed with GERAI_FIELD_KEYS, which stand outside it.

The newest key comes first and seals; older ones still open what they sealed. To rotate, put a new key in front, run
`reseal` over what is kept, and take the old one away.
"""

from functools import cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext as _

from core.exceptions import GeraiError


class NotOpened(GeraiError):
    """Sealed with a key that this portal does not have, or altered since."""

    def __str__(self) -> str:
        return _("This was sealed with a key that the portal does not have: tell IT support.")


def seal(text: str) -> bytes:
    """The text for a BinaryField. Twice the same text gives two seals: nothing can be looked up by one."""
    return keyring().encrypt(text.encode())


def open_sealed(sealed: bytes | memoryview) -> str:
    """Raises NotOpened."""
    try:
        return keyring().decrypt(bytes(sealed)).decode()
    except InvalidToken as error:
        raise NotOpened from error


def reseal(sealed: bytes | memoryview) -> bytes:
    """The same text under the newest key. Raises NotOpened."""
    try:
        return keyring().rotate(bytes(sealed))
    except InvalidToken as error:
        raise NotOpened from error


def keyring() -> MultiFernet:
    """Raises ImproperlyConfigured."""
    return _of(tuple(settings.FIELD_KEYS))


@cache
def _of(keys: tuple[str, ...]) -> MultiFernet:
    try:
        # The padding that `secrets.token_urlsafe` leaves out.
        return MultiFernet([Fernet(key + "=" * (-len(key) % 4)) for key in keys])
    except ValueError as error:
        raise ImproperlyConfigured(
            "GERAI_FIELD_KEYS needs one or more keys of 32 random bytes in URL-safe base64, separated by commas:"
            " python3 -c 'import secrets; print(secrets.token_urlsafe(32))'"
        ) from error
