"""Entries and deltas as one list, for whoever looks at a transfer or an account."""

from dataclasses import dataclass
from datetime import date

from django.db.models import OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from ppob.models import Account, Delta, Entry, Transfer

NEWEST = 20


@dataclass(frozen=True)
class Line:
    """Debits positive. A delta has no balance yet: its fold will give the account one."""

    label: str
    posted_on: date
    amount: int
    asset: str
    balance_after: int | None


def lines_of_transfer(transfer: Transfer) -> list[Line]:
    """All that belongs to one posting, which sums to zero for each asset."""
    rows: list[Entry | Delta] = [
        *Entry.objects.filter(transfer=transfer).select_related("account").order_by("account_id"),
        *Delta.objects.filter(transfer=transfer).select_related("account").order_by("account_id"),
    ]
    return [
        Line(
            row.account.code,
            row.posted_on,
            row.amount,
            row.account.asset,
            getattr(row, "balance_after", None),
        )
        for row in rows
    ]


def newest_lines(account: Account) -> list[Line]:
    """The account's last entries, newest first; a fold stands for many deltas."""
    entries = Entry.objects.filter(account=account).select_related("transfer").order_by("-version")[:NEWEST]
    return [
        Line(
            str(entry.transfer) if entry.transfer else f"#{entry.fold_id}",
            entry.posted_on,
            entry.amount,
            account.asset,
            entry.balance_after,
        )
        for entry in entries
    ]


def with_unfolded(accounts: QuerySet[Account]) -> QuerySet[Account]:
    """`unfolded`: what deltas add, debits positive, that no entry stands for yet. By the key (account, delta)."""
    deltas = Delta.objects.filter(account=OuterRef("pk"), id__gt=OuterRef("folded_through"))
    summed = deltas.order_by().values("account").annotate(all=Sum("amount")).values("all")
    return accounts.annotate(unfolded=Coalesce(Subquery(summed), 0))
