"""Authorise: money of an agent set aside before the core sells. Unlike a report this may be refused."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import OperationalError, transaction
from django.utils import timezone

from ppob import ledger
from ppob.choices import AccountKind, AgentStatus, HoldState
from ppob.exceptions import HoldEnded, UnknownAgent, UnknownHold
from ppob.models import Account, Hold

# The core's names of holds; those that the ledger makes for transactions have names of their own.
PREFIX = "core:"
EXPIRED_AT_ONCE = 500


class Held(NamedTuple):
    """A hold as it was made: what its first try and each retry answer."""

    key: str
    amount: int
    expires_at: datetime | None


@transaction.atomic
def hold_money(*, key: str, agent: str, amount: int, expires_in: timedelta) -> Held:
    """Set money aside for a sale. The same key again answers the first hold, whatever became of it since.

    Raises UnknownAgent, NotEnough (with `need` and `available`), OverLimit (with `limit`), DifferentPayload.
    """
    account = (
        Account.objects.filter(
            agent__agent_id=agent, agent__status=AgentStatus.ACTIVE, kind=AccountKind.AGENT
        )
        .values_list("pk", flat=True)
        .first()
    )
    if account is None:
        raise UnknownAgent
    posted = ledger.hold(
        key=PREFIX + key, account=account, amount=amount, expires_at=timezone.now() + expires_in
    )
    hold = Hold.objects.get(pk=posted.id)
    return Held(key, hold.amount, hold.expires_at)


@transaction.atomic
def release_hold(*, key: str) -> None:
    """Give the money back to the agent's balance; again, nothing more happens. Raises UnknownHold, HoldEnded."""
    hold = Hold.objects.filter(key=PREFIX + key).values_list("pk", flat=True).first()
    if hold is None:
        raise UnknownHold
    ledger.release(hold=hold)


def holds_of(keys: Collection[str]) -> dict[tuple[str, str], int]:
    """Holds by the core's key and the agent whose money they hold."""
    if not keys:
        return {}
    rows = Hold.objects.filter(key__in=[PREFIX + key for key in keys]).values_list(
        "key", "account__agent__agent_id", "pk"
    )
    return {(key.removeprefix(PREFIX), agent): pk for key, agent, pk in rows}


def expire_holds(now: datetime | None = None) -> int:
    """End holds whose time is over, each for itself; how many. What a sale under way has taken stays: suspect is not
    failed.

    Two at once, or a sale that captures meanwhile: whoever ends a hold first has ended it.
    """
    expired = Hold.objects.filter(
        state=HoldState.OPEN, transaction_id=None, expires_at__lt=now or timezone.now()
    )
    ended = 0
    for pk in list(expired.order_by("expires_at").values_list("pk", flat=True)[:EXPIRED_AT_ONCE]):
        try:
            with transaction.atomic():
                ended += ledger.release(hold=pk, expired=True)
        except (HoldEnded, OperationalError):  # captured meanwhile, or busy: the next minute looks again
            continue
    return ended
