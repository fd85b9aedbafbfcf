"""Accounts are opened with their agent or biller, in the same transaction; a balance is moved by `ppob.ledger` alone."""

from collections.abc import Iterable

from django.db import transaction

from ppob.choices import DEBIT_NORMAL, LARGEST, SHARED, AccountKind, Asset
from ppob.models import Account, Agent, Biller

AGENT_KINDS = (AccountKind.AGENT, AccountKind.AGENT_RECEIVABLE, AccountKind.AGENT_POINTS)
# A reversal takes back points that may be spent already, and a receivable that may be paid already: then we owe it.
# Taking points for a reward has a floor of its own.
_FLOORS = {AccountKind.AGENT_POINTS: -LARGEST, AccountKind.AGENT_RECEIVABLE: -LARGEST}


@transaction.atomic
def open_agent_accounts(agents: Iterable[Agent]) -> None:
    """Balance, receivable and points of each agent, where missing. Idempotent; three rows an agent in one statement."""
    Account.objects.bulk_create(
        [_account(kind, f"{kind}:{agent.agent_id}", agent=agent) for agent in agents for kind in AGENT_KINDS],
        ignore_conflicts=True,
        batch_size=3000,
    )


@transaction.atomic
def open_biller_accounts(billers: Iterable[Biller]) -> None:
    """Our deposit at a prefunded biller, or what we owe one that is settled by transfer. Idempotent."""
    Account.objects.bulk_create(
        [
            _account(kind, f"{kind}:{biller.code.lower()}", biller=biller)
            for biller in billers
            for kind in [AccountKind.BILLER_DEPOSIT if biller.is_prefunded else AccountKind.BILLER_PAYABLE]
        ],
        ignore_conflicts=True,
    )


def _account(kind: AccountKind, code: str, **owner: object) -> Account:
    return Account(
        code=code,
        kind=kind,
        asset=Asset.POINTS if kind == AccountKind.AGENT_POINTS else Asset.IDR,
        sign=1 if kind in DEBIT_NORMAL else -1,
        is_shared=kind in SHARED,
        min_balance=_FLOORS.get(kind, 0),
        **owner,
    )
