"""Stores' keys to the API. The text of a key is seen once, by whoever makes it; the database holds its digest."""

import secrets

from django.db import transaction
from django.utils import timezone

from betaapp.models import StoreToken
from core import audit
from organization.models import Employee, Store
from organization.services.tokens import digest_of

PREFIX = "gerai_toko_"


@transaction.atomic
def make_store_token(*, store: Store, actor: Employee | None) -> tuple[StoreToken, str]:
    """A new key for the store's computers, and its text; the one before ends at once."""
    Store.objects.select_for_update(of=("self",)).get(pk=store.pk)  # two who ask queue here
    StoreToken.objects.filter(store=store, revoked_at=None).update(revoked_at=timezone.now())
    text = PREFIX + secrets.token_urlsafe(32)
    token = StoreToken.objects.create(store=store, digest=digest_of(text))
    audit.record(actor, "beta.token_made", store)
    return token, text


@transaction.atomic
def revoke_store_token(*, token: StoreToken, actor: Employee | None) -> bool:
    """End a key at once; whether it was still good."""
    ended = StoreToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=timezone.now())
    if ended:
        audit.record(actor, "beta.token_revoked", token.store)
    return bool(ended)
