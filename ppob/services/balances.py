"""The billers' own figures, and who is told when a balance runs low or the figures differ."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from core import audit
from organization.models import Employee
from ppob.choices import AlarmKind
from ppob.exceptions import NotInFuture, TooLongAgo
from ppob.models import BalanceAlarm, Biller, BookBalance, ReportedBalance
from ppob.notices import tell_of_alarm
from ppob.selectors.balances import (
    AT_BILLERS,
    BillerBalance,
    balances_of,
    book_at,
    every_biller_account,
)

BY_PERSON = "person"
OLDEST = timedelta(days=7)
EVERY = timedelta(minutes=5)
KEPT = timedelta(days=400)


@transaction.atomic
def record_reported(*, biller: Biller, amount: int, at: datetime, actor: Employee) -> ReportedBalance:
    """Keep what a person read at the biller, beside what our book said then; the same figure twice is one.

    Raises NotInFuture, TooLongAgo.
    """
    now = timezone.now()
    if at > now + timedelta(minutes=1):
        raise NotInFuture
    if at < now - OLDEST:
        raise TooLongAgo
    # Two clicks queue at the biller's row, and the second finds what the first has written.
    Biller.objects.select_for_update(no_key=True).get(pk=biller.pk)
    same = ReportedBalance.objects.filter(biller=biller, at=at, amount=amount, source=BY_PERSON).first()
    if same is not None:
        return same
    before = biller.reported.order_by("-at", "-id").first()
    told = ReportedBalance.objects.create(
        biller=biller,
        amount=amount,
        at=at,
        source=BY_PERSON,
        book=book_at(biller.accounts.get(kind__in=AT_BILLERS), at),
        entered_by=actor,
    )
    changes = {"reported_balance": (before.amount if before else None, amount), "as_of": (None, at)}
    audit.record(actor, "biller.balance_reported", biller, changes)
    return told


def watch_balances(now: datetime | None = None) -> int:
    """Beat's tick: keep the book for the graph, compare figures that came meanwhile, tell of what fell below.

    Idempotent within its five minutes; how many alarms it raised.
    """
    now = now or timezone.now()
    compare_new_figures()
    balances = balances_of(every_biller_account(), now=now)
    seconds = int(EVERY.total_seconds())
    at = datetime.fromtimestamp(int(now.timestamp()) // seconds * seconds, tz=now.tzinfo)
    BookBalance.objects.bulk_create(
        [BookBalance(biller=one.biller, at=at, amount=one.book) for one in balances], ignore_conflicts=True
    )
    raised = 0
    for one in balances:
        raised += _hold_alarm(one, AlarmKind.LOW, one.book, is_on=one.is_low)
        if one.difference is not None and not one.is_stale:
            raised += _hold_alarm(one, AlarmKind.DIFFERENCE, one.difference, is_on=one.differs_much)
    return raised


def forget_old_books() -> int:
    """Take away what no graph shows any more; how many rows."""
    return BookBalance.objects.filter(at__lt=timezone.now() - KEPT).delete()[0]


def compare_new_figures() -> None:
    """Figures that came by the API or a file know no book yet, the newest first. One too old to be compared stays without."""
    waiting = ReportedBalance.objects.filter(book__isnull=True, at__gte=timezone.now() - OLDEST)
    for told in waiting.select_related("biller").order_by("-at")[:100]:
        account = told.biller.accounts.filter(kind__in=AT_BILLERS).first()
        if account is not None:
            ReportedBalance.objects.filter(pk=told.pk, book=None).update(book=book_at(account, told.at))


@transaction.atomic
def _hold_alarm(one: BillerBalance, kind: AlarmKind, amount: int, *, is_on: bool) -> bool:
    """Raise it if it is not up, end it if it is over; whether people were told. The open row is the claim: whoever
    writes it tells, in the same transaction."""
    is_open = BalanceAlarm.objects.filter(biller=one.biller, kind=kind, ended_at=None)
    if not is_on:
        is_open.update(ended_at=timezone.now())
        return False
    alarm, raised = is_open.get_or_create(
        biller=one.biller,
        kind=kind,
        ended_at=None,
        defaults={"amount": amount, "raised_at": timezone.now()},
    )
    if raised:
        tell_of_alarm(alarm)
    return raised
