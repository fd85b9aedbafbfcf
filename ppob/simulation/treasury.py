"""Money that comes from outside while agents sell: they top up, and we top deposits up."""

import itertools
from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from ppob import ledger
from ppob.choices import AccountKind, TransferKind
from ppob.house_accounts import BANK
from ppob.models import Account

_numbers = itertools.count(1)


@transaction.atomic
def top_up_agents(amounts: Mapping[str, int], *, at: datetime | None = None, key: str = "") -> int:
    """Transfers from the bank to agents' balances, by agent id; how many."""
    accounts = dict(
        Account.objects.filter(agent__agent_id__in=amounts, kind=AccountKind.AGENT)
        .order_by("pk")
        .values_list("agent__agent_id", "pk")
    )
    bank = Account.objects.values_list("pk", flat=True).get(code=BANK)
    for agent, account in accounts.items():
        ledger.post(
            key=f"{_prefix(key)}:{agent}", kind=TransferKind.TOPUP, legs=[(bank, amounts[agent]), (account, -amounts[agent])],
            at=at,
        )  # fmt: skip
    return len(accounts)


@transaction.atomic
def top_up_deposit(
    biller: str, amount: int, *, at: datetime | None = None, key: str = "", business_on: date | None = None
) -> None:
    """A transfer from the bank to our deposit at a prefunded biller; one settled by transfer has none, and nothing happens.

    `business_on`: the biller's day that it counts for, whatever ledger day it is posted into.
    """
    deposit = (
        Account.objects.filter(biller__code=biller, kind=AccountKind.BILLER_DEPOSIT)
        .values_list("pk", "biller_id")
        .first()
    )
    if deposit is not None:
        bank = Account.objects.values_list("pk", flat=True).get(code=BANK)
        ledger.post(
            key=f"{_prefix(key)}:{biller}", kind=TransferKind.DEPOSIT_TOPUP, legs=[(deposit[0], amount), (bank, -amount)], at=at,
            biller_id=deposit[1] if business_on else None, business_on=business_on,
        )  # fmt: skip


def _prefix(key: str) -> str:
    return f"simulated:{key or f'{timezone.now():%Y%m%d%H%M%S.%f}-{next(_numbers)}'}"
