"""Pass 6: how the biller's closing balance comes about. Opening + top-ups − sales that both sides have ± adjustments is
expected; what the biller reports beside it is explained by the differences, and the rest is said to be unexplained."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Q, Sum

from ppob.business_days import bounds_of
from ppob.choices import AccountKind, DifferenceState, TransferKind
from ppob.models import (
    Account,
    Biller,
    DepositStatement,
    Difference,
    ReconciliationRun,
    ReportedBalance,
    SettlementFile,
    SettlementProfile,
)
from ppob.reconciliation.calendar import due_at
from ppob.selectors.balances import book_at

# Figures that were stated for exactly this: the start of a day, and its end.
OPENING, CLOSING = "opening", "file"
NEAR = timedelta(minutes=90)
_TOPUPS = """
    SELECT coalesce(sum(d.amount), 0)
      FROM ppob_delta d JOIN ppob_transfer t ON t.id = d.transfer_id
     WHERE d.account_id = %(account)s AND t.kind = ANY(%(kinds)s)
       AND d.posted_on >= %(from)s
       AND CASE WHEN t.business_on IS NULL THEN t.created_at >= %(start)s AND t.created_at < %(end)s
                ELSE t.business_on = %(day)s END
"""
_MOVES = [
    TransferKind.DEPOSIT_TOPUP,
    TransferKind.MOVE,
    TransferKind.DEPOSIT_TAKEN,
    TransferKind.DEPOSIT_BACK,
]


def opening_of(biller: Biller, day: date) -> int:
    """What stood at the biller when the day began: as it was stated, else as it closed the day before, else by our book."""
    start, _end = bounds_of(biller, day)
    told = ReportedBalance.objects.filter(biller=biller, at=start, source=OPENING).order_by("-id").first()
    if told is not None:
        return told.amount
    before = DepositStatement.objects.filter(biller=biller, business_on=day - timedelta(days=1)).first()
    if before is not None and before.reported is not None:
        return before.reported
    figure = _figure(biller, start)
    if figure is not None:
        return figure
    return book_at(_account(biller), start - timedelta(microseconds=1))


def topups_of(biller: Biller, day: date) -> int:
    """What was added to the deposit on this business day, and taken out of it other than by sales."""
    start, end = bounds_of(biller, day)
    facts: dict[str, Any] = {
        "account": _account(biller).pk, "kinds": _MOVES, "from": start.date() - timedelta(days=1), "start": start, "end": end,
        "day": day,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_TOPUPS, facts)
        return int(cursor.fetchone()[0])


def closing_of(biller: Biller, day: date, files: list[int]) -> int | None:
    """What the biller says was left: in its file, else by its figure of that moment."""
    end = bounds_of(biller, day)[1]
    stated = (
        SettlementFile.objects.filter(pk__in=files, business_on=day, closing__isnull=False)
        .order_by("-received_at")
        .first()
    )
    if stated is not None:
        return stated.closing
    return _figure(biller, end)


def write_statement(run: ReconciliationRun, *, sales: int, carried_in: int = 0) -> DepositStatement:
    """The equation of the run's day, anew. `carried_in`: net of lines that the biller charged the day before."""
    profile = SettlementProfile.objects.select_related("biller").get(biller_id=run.biller_id)
    biller, day = profile.biller, run.business_on
    parts = _parts(biller, day)
    numbers: dict[str, Any] = {"run": run, "sales": sales, "adjustments": parts["adjustments"]}
    if biller.is_prefunded:
        opening, topups, reported = (
            opening_of(biller, day),
            topups_of(biller, day),
            closing_of(biller, day, run.files),
        )
        expected = opening + topups - sales + parts["adjustments"]
        difference = None if reported is None else reported - expected
        numbers |= {
            "opening": opening, "topups": topups, "expected": expected, "reported": reported, "difference": difference,
            "explained": parts["explained"],
            "unexplained": None if difference is None else difference - parts["explained"], "payable": None, "due_at": None,
        }  # fmt: skip
    else:
        numbers |= {
            "payable": sales - parts["adjustments"],
            "due_at": due_at(profile, day),
            "explained": parts["explained"],
        }
    numbers["breakdown"] = parts["by_kind"]
    statement, _made = DepositStatement.objects.update_or_create(
        biller=biller, business_on=day, defaults=numbers
    )
    return statement


def refresh_statement(biller_id: int, day: date) -> None:
    """After an adjustment: the same sales, another split between adjusted and explained."""
    statement = (
        DepositStatement.objects.select_related("run").filter(biller_id=biller_id, business_on=day).first()
    )
    if statement is not None:
        write_statement(statement.run, sales=statement.sales)


def _parts(biller: Biller, day: date) -> dict[str, Any]:
    found = Difference.objects.filter(biller=biller, business_on=day)
    adjusted = Q(state=DifferenceState.ADJUSTED)
    sums = found.aggregate(
        adjustments=Sum("impact", filter=adjusted), explained=Sum("impact", filter=~adjusted)
    )
    by_kind = (
        found.filter(~adjusted).exclude(impact=0).values("kind").annotate(all=Sum("impact")).order_by("kind")
    )
    return {
        "adjustments": int(sums["adjustments"] or 0),
        "explained": int(sums["explained"] or 0),
        "by_kind": {row["kind"]: int(row["all"]) for row in by_kind},
    }


def _figure(biller: Biller, at: datetime) -> int | None:
    """The biller's figure of a moment: the one that was stated for it, else the last shortly before."""
    told = ReportedBalance.objects.filter(biller=biller).exclude(source=OPENING)
    exact = told.filter(at=at).order_by("-id")
    found = exact.filter(source=CLOSING).first() or exact.first()
    found = found or told.filter(at__lt=at, at__gte=at - NEAR).order_by("-at", "-id").first()
    return None if found is None else found.amount


def _account(biller: Biller) -> Account:
    return Account.objects.get(biller=biller, kind=AccountKind.BILLER_DEPOSIT)
