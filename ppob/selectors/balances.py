"""What stands at each biller: our book, their word, how fast it is spent, and how long it lasts."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from organization.models import Employee
from ppob.access import reaches
from ppob.business_days import business_day
from ppob.choices import AccountKind, TransactionState
from ppob.models import Account, Biller, BillerProduct, Delta, ReportedBalance, SalesDay
from ppob.periods import LEDGER_ZONE
from ppob.selectors.ledger_lines import with_unfolded

AT_BILLERS = (AccountKind.BILLER_DEPOSIT, AccountKind.BILLER_PAYABLE)
# The pace is the mean of so many full business days, fewer where there is less history.
PACE_DAYS = 7
HOURS_A_DAY = 24
# A figure older than this is no news: nobody is alarmed by it.
FRESH = timedelta(hours=24)
ENDED = (TransactionState.SUCCESS, TransactionState.FAILED, TransactionState.REVERSED)


@dataclass(frozen=True, kw_only=True)
class BillerBalance:
    """One biller's line. Money is whole Rupiah; `book` counts what is not folded yet.

    For a prefunded biller `book` is what is left of our deposit, for one settled by transfer what we owe it.
    """

    biller: Biller
    account: Account
    book: int
    reported: int | None
    reported_at: datetime | None
    reported_book: int | None
    spent_a_day: int | None
    pace_days: int
    succeeded: int
    ended: int
    products: int
    available: int

    @property
    def difference(self) -> int | None:
        """The biller's figure less our book of the same moment; nothing before both are known."""
        if self.reported is None or self.reported_book is None:
            return None
        return self.reported - self.reported_book

    @property
    def differs_much(self) -> bool:
        return self.difference is not None and abs(self.difference) > self.biller.difference_limit

    @property
    def is_stale(self) -> bool:
        return self.reported_at is not None and timezone.now() - self.reported_at > FRESH

    @property
    def spent_an_hour(self) -> int | None:
        return None if self.spent_a_day is None else self.spent_a_day // HOURS_A_DAY

    @property
    def days_left(self) -> float | None:
        """At this pace; nothing where nothing is spent, or nothing can run dry."""
        if not self.biller.is_prefunded or not self.spent_a_day:
            return None
        return max(self.book, 0) / self.spent_a_day

    @property
    def is_empty(self) -> bool:
        return self.biller.is_prefunded and self.book <= 0

    @property
    def is_low(self) -> bool:
        """Below the biller's own line, or gone within a day."""
        if not self.biller.is_prefunded:
            return False
        runs_dry = self.days_left is not None and self.days_left < 1
        return self.book < self.biller.low_balance or runs_dry

    @property
    def success_rate(self) -> float | None:
        """In percent, of today's sales that have ended."""
        return 100 * self.succeeded / self.ended if self.ended else None


def biller_accounts_visible_to(viewer: Employee) -> QuerySet[Account]:
    """The accounts of active billers with their unfolded deltas and the newest figure of each: one query."""
    accounts = Account.objects.filter(kind__in=AT_BILLERS, biller__is_active=True).select_related("biller")
    return with_figures(accounts) if reaches(viewer, "ppob.view_biller") else accounts.none()


def every_biller_account() -> QuerySet[Account]:
    """For the clock, which looks for nobody."""
    accounts = Account.objects.filter(kind__in=AT_BILLERS, biller__is_active=True).select_related("biller")
    return with_figures(accounts).order_by("biller__code")


def with_figures(accounts: QuerySet[Account]) -> QuerySet[Account]:
    newest = ReportedBalance.objects.filter(biller=OuterRef("biller")).order_by("-at", "-id")
    return with_balance(accounts).annotate(
        reported=Subquery(newest.values("amount")[:1]),
        reported_at=Subquery(newest.values("at")[:1]),
        reported_book=Subquery(newest.values("book")[:1]),
    )


def with_balance(accounts: QuerySet[Account]) -> QuerySet[Account]:
    """`now`: the balance with what is not folded yet (`unfolded`)."""
    return with_unfolded(accounts).annotate(now=F("balance") + F("sign") * F("unfolded"))


def balances_of(accounts: Iterable[Account], *, now: datetime | None = None) -> list[BillerBalance]:
    """Complete the lines of `biller_accounts_visible_to`, in their order: two queries, however many they are."""
    rows: list[Any] = list(accounts)
    now = now or timezone.now()
    billers = [account.biller for account in rows]
    sales = _sales_of(billers, now)
    offered: dict[int, Any] = {
        row["biller"]: row
        for row in BillerProduct.objects.filter(biller__in=billers, product__is_active=True)
        .values("biller")
        .annotate(products=Count("pk"), available=Count("pk", filter=Q(is_available=True)))
    }
    return [
        BillerBalance(
            biller=account.biller,
            account=account,
            book=account.now,
            reported=account.reported,
            reported_at=account.reported_at,
            reported_book=account.reported_book,
            **sales[account.biller_id],
            products=offered.get(account.biller_id, {}).get("products", 0),
            available=offered.get(account.biller_id, {}).get("available", 0),
        )
        for account in rows
    ]


def _sales_of(billers: list[Biller], now: datetime) -> dict[int, dict[str, Any]]:
    """Pace and today's share of successes, from the daily sums; days are each biller's own."""
    today = {biller.pk: business_day(biller, now) for biller in billers}
    found: dict[int, dict[str, Any]] = {
        biller.pk: {"spent_a_day": None, "pace_days": 0, "succeeded": 0, "ended": 0} for biller in billers
    }
    if not billers:
        return found
    first = min(today.values()) - timedelta(days=PACE_DAYS)
    days = (
        SalesDay.objects.filter(biller__in=billers, business_on__gte=first)
        .values("biller", "business_on")
        .annotate(
            spent=Coalesce(Sum("net", filter=Q(state=TransactionState.SUCCESS)), 0),
            succeeded=Coalesce(Sum("transactions", filter=Q(state=TransactionState.SUCCESS)), 0),
            ended=Coalesce(Sum("transactions", filter=Q(state__in=ENDED)), 0),
        )
    )
    full: dict[int, list[tuple[date, int]]] = {}
    for row in days:
        pk, day = row["biller"], row["business_on"]
        if day == today[pk]:
            found[pk] |= {"succeeded": row["succeeded"], "ended": row["ended"]}
        elif today[pk] - timedelta(days=PACE_DAYS) <= day < today[pk]:
            full.setdefault(pk, []).append((day, row["spent"]))
    for pk, seen in full.items():
        # From the first day with sales on: a biller that is three days old is not slow, it is new.
        length = (today[pk] - min(day for day, _spent in seen)).days
        found[pk] |= {"spent_a_day": sum(spent for _day, spent in seen) // length, "pace_days": length}
    return found


def products_of(biller: Biller, *, now: datetime | None = None) -> list[dict[str, Any]]:
    """What is bought here, and how today went with each; two queries."""
    day = business_day(biller, now or timezone.now())
    today = {
        row["product"]: row
        for row in SalesDay.objects.filter(biller=biller, business_on=day)
        .values("product")
        .annotate(
            succeeded=Coalesce(Sum("transactions", filter=Q(state=TransactionState.SUCCESS)), 0),
            ended=Coalesce(Sum("transactions", filter=Q(state__in=ENDED)), 0),
        )
    }
    routes = biller.products.filter(product__is_active=True).select_related("product")
    return [
        {"route": route, "ended": ended, "rate": 100 * row["succeeded"] / ended if ended else None}
        for route in routes.order_by("product__name")
        for row in [today.get(route.product_id, {"succeeded": 0, "ended": 0})]
        for ended in [row["ended"]]
    ]


def history_of(biller: Biller, *, since: datetime, until: datetime, points: int = 240) -> dict[str, Any]:
    """Both figures over time for the graph: the last of each of so many intervals. A figure of the biller holds until
    the next one, a day at most; what is not known is a gap."""
    step = max(int((until - since).total_seconds()) // points, 300)
    book: dict[int, int] = {}
    rows = biller.booked.filter(at__gte=since, at__lte=until).order_by("at").values_list("at", "amount")
    for at, amount in rows.iterator(chunk_size=5000):
        book[int((at - since).total_seconds()) // step] = amount
    told = list(
        biller.reported.filter(at__gte=since - FRESH, at__lte=until)
        .order_by("at", "id")
        .values_list("at", "amount")
    )
    moments, booked, reported = [], [], []
    place, figure, figure_at = 0, None, None
    for number in range(int((until - since).total_seconds()) // step + 1):
        end = min(since + timedelta(seconds=(number + 1) * step), until)
        while place < len(told) and told[place][0] <= end:
            figure_at, figure = told[place]
            place += 1
        moments.append(end)
        booked.append(book.get(number))
        reported.append(figure if figure_at is not None and end - figure_at <= FRESH else None)
    return {"at": moments, "book": booked, "reported": reported, "step": step}


def days_of(history: dict[str, Any]) -> list[dict[str, Any]]:
    """The graph's numbers by day, newest first: the last of each in the reader's zone."""
    days: dict[date, dict[str, Any]] = {}
    for at, book, reported in zip(history["at"], history["book"], history["reported"], strict=True):
        day = days.setdefault(timezone.localdate(at), {"book": None, "reported": None})
        day["book"] = book if book is not None else day["book"]
        day["reported"] = reported if reported is not None else day["reported"]
    return [
        {"day": day, **numbers}
        for day, numbers in sorted(days.items(), reverse=True)
        if numbers["book"] is not None or numbers["reported"] is not None
    ]


def book_at(account: Account, at: datetime) -> int:
    """What the account's book said at a moment: now, less what was posted after it. Reads the postings since then."""
    now: Any = with_balance(Account.objects.filter(pk=account.pk)).get()
    later = Delta.objects.filter(
        account=account,
        # The day narrows it by the table's own index; the moment decides. A posting may be dated a day back.
        posted_on__gte=timezone.localdate(at, LEDGER_ZONE) - timedelta(days=1),
        transfer__created_at__gt=at,
    ).aggregate(all=Coalesce(Sum("amount"), 0))
    return int(now.now) - account.sign * later["all"]
