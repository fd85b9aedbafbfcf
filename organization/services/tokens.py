"""Keys for programs. The text of a key is seen once, by whoever makes it; the database holds its digest."""

import hashlib
import secrets
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from core import audit
from organization.exceptions import AccountNotActive
from organization.models import ApiToken, Employee

PREFIX = "gerai_"
LONGEST = timedelta(days=366)


def digest_of(text: str) -> str:
    """SHA-256 is enough: a key is 256 random bits, not something that people choose."""
    return hashlib.sha256(text.encode()).hexdigest()


@transaction.atomic
def make_api_token(
    *, employee: Employee, name: str, valid_for: timedelta, actor: Employee | None
) -> tuple[ApiToken, str]:
    """A new key for this person's programs, and its text. Raises AccountNotActive.

    Valid for a year at most: a key that nobody remembers ends by itself.
    """
    if not employee.is_active:
        raise AccountNotActive
    text = PREFIX + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        employee=employee,
        name=name,
        digest=digest_of(text),
        expires_at=timezone.now() + min(valid_for, LONGEST),
    )
    audit.record(actor, "api_token.made", token, {"name": (None, name)})
    return token, text


@transaction.atomic
def revoke_api_token(*, token: ApiToken, actor: Employee | None) -> bool:
    """End a key at once; whether it was still good."""
    ended = ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=timezone.now())
    if ended:
        audit.record(actor, "api_token.revoked", token)
    return bool(ended)
