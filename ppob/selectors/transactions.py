"""Sales as the report shows them: which there are, what they sum to, and how one came about."""

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from functools import reduce
from operator import or_
from typing import Any

from django.db import connection
from django.db.models import F, IntegerField, Q, QuerySet, Sum, Value

from organization.models import Employee
from ppob.access import reaches
from ppob.choices import TransactionState
from ppob.models import (
    AdviceRequest,
    Biller,
    Delta,
    Entry,
    Message,
    PostingException,
    Product,
    SalesDay,
    Transaction,
    TransactionEvent,
)
from ppob.periods import LEDGER_ZONE, Period

# Beyond so many a total is made of the day's sums, and called approximate.
EXACT_UP_TO = 100_000
LARGEST_KEY = 2**63 - 1
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MESSAGES_SHOWN = 50


def transactions_visible_to(viewer: Employee) -> QuerySet[Transaction]:
    """With the names that every page shows."""
    sales = Transaction.objects.select_related("agent", "biller", "product")
    return sales if reaches(viewer, "ppob.view_transaction") else sales.none()


def sold_within(sales: QuerySet[Transaction], period: Period) -> QuerySet[Transaction]:
    """Those of days in Jakarta."""
    after = datetime.combine(period.first, time.min, LEDGER_ZONE)
    before = datetime.combine(period.last + timedelta(days=1), time.min, LEDGER_ZONE)
    return sales.filter(occurred_at__gte=after, occurred_at__lt=before)


def in_state(sales: QuerySet[Transaction], state: str) -> QuerySet[Transaction]:
    return sales.filter(state=state)


def choices() -> tuple[list[tuple[int, str]], list[tuple[int, str]]]:
    """Billers and products to filter by, in one query."""
    billers = Biller.objects.order_by().values_list("pk", "name", "code")
    products = Product.objects.order_by().values_list("pk", "name", "kind")
    rows = billers.annotate(which=_constant(0)).union(products.annotate(which=_constant(1)), all=True)
    told: tuple[list[tuple[int, str]], list[tuple[int, str]]] = ([], [])
    for pk, name, _code, which in sorted(rows, key=lambda row: row[1].casefold()):
        told[which].append((pk, name))
    return told


def numbered(sales: QuerySet[Transaction], text: str) -> QuerySet[Transaction]:
    """Those whose noref, customer or serial number is exactly this one, as typed or without the spaces and dashes that
    people write into a meter's token. One query finds out which of the three it is, so that its index is used."""
    forms = sorted({text, re.sub(r"[\s.-]", "", text)})
    with connection.cursor() as cursor:
        cursor.execute(_WHICH_NUMBER, {"forms": forms})
        found = [name for name, there in zip(_NUMBERS, cursor.fetchone(), strict=True) if there]
    if not found:
        return sales.none()
    return sales.filter(reduce(or_, (Q(**{f"{name}__in": forms}) for name in found)))


_NUMBERS = ("noref", "customer_id", "serial")
_WHICH_NUMBER = """
    SELECT EXISTS (SELECT FROM ppob_transaction WHERE noref = ANY(%(forms)s)),
           EXISTS (SELECT FROM ppob_transaction WHERE customer_id = ANY(%(forms)s)),
           EXISTS (SELECT FROM ppob_transaction WHERE serial = ANY(%(forms)s) AND serial <> '')
"""


@dataclass(frozen=True)
class Totals:
    """Of what is listed: how many, and whole Rupiah of what was successful; `count` None where nobody counted that far."""

    count: int | None
    total: int = 0
    net: int = 0
    income: int = 0
    by_state: dict[str, int] = field(default_factory=dict)
    is_approximate: bool = False

    @property
    def states(self) -> list[dict[str, Any]]:
        return [
            {"state": state.value, "label": state.label, "count": self.by_state.get(state, 0)}
            for state in TransactionState
        ]


def totals_of(sales: QuerySet[Transaction], summarised: QuerySet[SalesDay] | None = None) -> Totals:
    """Counted up to a hundred thousand; beyond that what the days' sums say, or nothing where they cannot say it.

    At most two queries, neither of which reads more than that many sales. `summarised` are the day's sums of the same
    filter, if it is one that they know.
    """
    if summarised is not None:
        told = _totals(
            summarised.order_by()
            .values_list("state")
            .annotate(count=Sum("transactions"), total=Sum("total"), net=Sum("net"), income=Sum("income"))
        )
        if told.count and told.count > EXACT_UP_TO:
            return Totals(**{**vars(told), "is_approximate": True})
    inner = sales.order_by().values_list(
        "state", "total", "net", F("counter_fee") + F("commission") - F("agent_share")
    )[: EXACT_UP_TO + 1]
    sql, params = sql_of(inner)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT state, count(*), sum(total), sum(net), sum(income)"  # noqa: S608  Django's own text
            f" FROM ({sql}) AS sale (state, total, net, income) GROUP BY state",
            params,
        )
        told = _totals(cursor.fetchall())
    return Totals(count=None) if (told.count or 0) > EXACT_UP_TO else told


def sql_of(rows: QuerySet[Any]) -> tuple[str, tuple[Any, ...]]:
    """The statement and its parameters, of a list without rows too."""
    return rows.query.get_compiler(rows.db, elide_empty=False).as_sql()


def _totals(rows: Any) -> Totals:
    by_state = {state: int(count) for state, count, *_money in rows}
    good = next((row for row in rows if row[0] == TransactionState.SUCCESS), (None, 0, 0, 0, 0))
    return Totals(sum(by_state.values()), int(good[2]), int(good[3]), int(good[4]), by_state)


def arrived_since(sales: QuerySet[Transaction], at: datetime, pk: int, *, limit: int) -> int:
    """How many of these stand before the row that was the newest, up to a limit."""
    newer = sales.filter(occurred_at__gte=at).exclude(occurred_at=at, pk__lte=pk)
    return newer.order_by()[:limit].count()


def moment_of(number: int) -> datetime | None:
    """What `Transaction.moment` makes of a time, back again; None for what is none."""
    try:
        return _EPOCH + timedelta(microseconds=number)
    except OverflowError:
        return None


def transaction_at(viewer: Employee, *, at: int, pk: int) -> QuerySet[Transaction]:
    """One sale by its key, which its address names: so that one partition is looked at, and not every month."""
    moment = moment_of(at)
    if moment is None or pk > LARGEST_KEY:
        return transactions_visible_to(viewer).none()
    return transactions_visible_to(viewer).filter(occurred_at=moment, pk=pk)


def history_of(sale: Transaction) -> list[TransactionEvent]:
    return list(TransactionEvent.objects.filter(transaction_id=sale.pk).order_by("pk"))


def messages_of(sale: Transaction) -> list[Message]:
    """What was said to the biller and by it, oldest first; secrets were masked when it was kept."""
    messages = Message.objects.filter(transaction_id=sale.pk, at__gte=sale.occurred_at - timedelta(days=2))
    return list(messages.select_related("connection").order_by("at", "pk")[:_MESSAGES_SHOWN])


def advices_of(sale: Transaction) -> list[AdviceRequest]:
    return list(
        AdviceRequest.objects.filter(transaction_id=sale.pk).select_related("asked_by").order_by("-pk")
    )


def exceptions_of(sale: Transaction) -> list[PostingException]:
    return list(
        PostingException.objects.filter(transaction_id=sale.pk).select_related("closed_by").order_by("pk")
    )


@dataclass(frozen=True)
class Posted:
    """One line of what a sale did in the ledger; `amount` in the account's own direction."""

    account: Any
    amount: int
    posted_on: Any
    is_reversal: bool


def postings_of(sale: Transaction) -> list[Posted]:
    """What it moved, and what its reversal moved back: two queries, accounts included."""
    return _postings([pk for pk in (sale.transfer_id, sale.reversal_id) if pk], reversal=sale.reversal_id)


def postings_of_transfer(transfer_id: int) -> list[Posted]:
    """What one transfer moved: two queries, accounts included."""
    return _postings([transfer_id])


def _postings(transfers: list[int], *, reversal: int | None = None) -> list[Posted]:
    if not transfers:
        return []
    rows: list[Any] = [
        *Entry.objects.filter(transfer_id__in=transfers).select_related("account__agent", "account__biller"),
        *Delta.objects.filter(transfer_id__in=transfers).select_related("account__agent", "account__biller"),
    ]
    rows.sort(key=lambda row: (row.transfer_id, row.account.asset, row.account_id))
    return [
        Posted(row.account, row.account.sign * row.amount, row.posted_on, row.transfer_id == reversal)
        for row in rows
    ]


def advice_by_sale(ids: Collection[int]) -> dict[int, list[AdviceRequest]]:
    """The questions about each of these sales, newest first."""
    found: dict[int, list[AdviceRequest]] = {}
    for asked in (
        AdviceRequest.objects.filter(transaction_id__in=ids).select_related("asked_by").order_by("-pk")
    ):
        found.setdefault(asked.transaction_id, []).append(asked)
    return found


def _constant(value: int) -> Any:
    return Value(value, output_field=IntegerField())


def may_be_asked(sale: Transaction, advices: list[AdviceRequest]) -> bool:
    """Whether the core can be asked what became of it: it is a suspect, and no question is open."""
    return sale.state == TransactionState.SUSPECT and all(one.answered_at for one in advices)
