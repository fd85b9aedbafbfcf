import hashlib
import hmac

from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher


class PepperedArgon2Hasher(Argon2PasswordHasher):
    """argon2id over an HMAC of the PIN: without the pepper, which is not in the database, a stolen hash is of no use."""

    algorithm = "argon2pepper"

    def encode(self, password: str, salt: str) -> str:
        return super().encode(_peppered(password), salt)

    def verify(self, password: str, encoded: str) -> bool:
        return super().verify(_peppered(password), encoded)


def _peppered(pin: str) -> str:
    return hmac.new(settings.PIN_PEPPER.encode(), pin.encode(), hashlib.sha256).hexdigest()
