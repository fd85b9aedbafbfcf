"""Keys of programs that report sales. A secret is seen once, by whoever makes it; the database holds it sealed."""

import secrets
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils import timezone

from core import audit
from core.sealed import open_sealed, seal
from organization.models import Employee
from ppob.exceptions import NonceUsed
from ppob.models import ApiClient, ApiNonce

PREFIX = "ppob_"
# A signature is good for five minutes before and after its timestamp, so its nonce need not be known for longer.
NONCES_KEPT = timedelta(hours=1)
SEEN_EVERY = timedelta(minutes=1)


@transaction.atomic
def make_api_client(*, name: str, actor: Employee | None) -> tuple[ApiClient, str]:
    """A new key, and the secret with which its program signs."""
    secret = secrets.token_urlsafe(32)
    client = ApiClient.objects.create(
        key_id=PREFIX + secrets.token_hex(8), name=name, secret_sealed=seal(secret)
    )
    audit.record(actor, "api_client.made", client, {"name": (None, name), "key_id": (None, client.key_id)})
    return client, secret


@transaction.atomic
def renew_secret(*, client: ApiClient, actor: Employee | None) -> str:
    """Another secret under the same key id: from here on what the old one signed is refused."""
    secret = secrets.token_urlsafe(32)
    ApiClient.objects.filter(pk=client.pk).update(secret_sealed=seal(secret))
    audit.record(actor, "api_client.renewed", client)
    return secret


def client_of(key_id: str) -> ApiClient | None:
    """Whose key this is, if it still opens something."""
    return ApiClient.objects.filter(key_id=key_id, is_active=True).first()


def secret_of(client: ApiClient) -> str:
    """What it signs with. Raises NotOpened."""
    return open_sealed(client.secret_sealed)


def note_use(client: ApiClient) -> None:
    """When it was last used, to the minute: a row that every call wrote would have all calls wait for each other."""
    now = timezone.now()
    if client.last_seen_at is None or client.last_seen_at < now - SEEN_EVERY:
        ApiClient.objects.filter(pk=client.pk).update(last_seen_at=now)


def claim_nonce(*, client: ApiClient, nonce: str) -> None:
    """Use a nonce up, in the transaction of what the call does: undone, it was not used. Raises NonceUsed.

    Of two calls with the same one the second waits here for the first one's end.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO ppob_apinonce (client_id, nonce, at) VALUES (%s, %s, clock_timestamp())"
            " ON CONFLICT (client_id, nonce) DO NOTHING",
            [client.pk, nonce],
        )
        if not cursor.rowcount:
            raise NonceUsed


def prune_nonces(now: datetime | None = None) -> int:
    """Forget what no signature can use any more; how many."""
    return ApiNonce.objects.filter(at__lt=(now or timezone.now()) - NONCES_KEPT).delete()[0]
