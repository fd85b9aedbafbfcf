"""A batch of the core: its holds found, its sales reported, the questions answered that it answers."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.db import DatabaseError, OperationalError, transaction

from ppob.choices import ExceptionReason, TransactionState
from ppob.models import PostingException
from ppob.services.advices import answer_advices
from ppob.services.holds import holds_of
from ppob.services.sales import Outcome, Sale, report_sales

UNKNOWN_HOLD = Outcome("unknown_hold")
# The ledger could not take this one item, for a reason that is a fault of ours; the others go on.
UNPOSTABLE = Outcome("unpostable")
_OF_SUCCESS = tuple(reason for reason in ExceptionReason if reason != ExceptionReason.UNHELD)
# Of several reasons of one sale, the one that a report of this state was answered with.
_ORDER: dict[str, tuple[str, ...]] = {
    TransactionState.PENDING: (),
    TransactionState.SUSPECT: (ExceptionReason.UNHELD, ExceptionReason.LATE),
    TransactionState.SUCCESS: (ExceptionReason.LATE, *_OF_SUCCESS),
    TransactionState.FAILED: (ExceptionReason.LATE,),
    TransactionState.REVERSED: (ExceptionReason.LATE,),
}


@dataclass(frozen=True)
class Stated:
    """A sale, and the key of the hold that it uses."""

    sale: Sale
    hold: str | None = None


@transaction.atomic
def take_reports(stated: Sequence[Stated]) -> list[Outcome]:
    """Report each item for itself; the outcomes stand in their order. A retry gets the outcome of the first try.

    A hold that is not known, or another agent's, refuses its item.
    """
    holds = holds_of({one.hold for one in stated if one.hold})
    outcomes: list[Outcome] = [UNKNOWN_HOLD] * len(stated)
    places, sales = [], []
    for place, one in enumerate(stated):
        known = holds.get((one.hold, one.sale.agent)) if one.hold else None
        if one.hold is None or known:
            places.append(place)
            sales.append(replace(one.sale, hold=known) if known else one.sale)
    for place, outcome in zip(places, _as_first(sales, _reported(sales)), strict=True):
        outcomes[place] = outcome
    answer_advices(
        {
            pk: sale.state
            for place, sale in zip(places, sales, strict=True)
            if outcomes[place].is_taken and (pk := outcomes[place].transaction_id)
        }
    )
    return outcomes


def _reported(sales: Sequence[Sale]) -> list[Outcome]:
    if not sales:
        return []
    try:
        with transaction.atomic():
            return report_sales(sales)
    except OperationalError:
        raise  # the database is busy or away: the whole batch comes again
    except DatabaseError:
        if len(sales) == 1:
            return [UNPOSTABLE]
        # One poisoned item must not refuse its 499 neighbours for ever.
        half = len(sales) // 2
        return [*_reported(sales[:half]), *_reported(sales[half:])]


def _as_first(sales: Sequence[Sale], outcomes: Sequence[Outcome]) -> list[Outcome]:
    """What is the same as before is answered as it was then: with the reason why its money went to the receivable."""
    again = [one.transaction_id for one in outcomes if one.answer == "same" and one.transaction_id]
    reasons: dict[int, list[str]] = {}
    if again:
        for pk, reason in PostingException.objects.filter(transaction_id__in=again).values_list(
            "transaction_id", "reason"
        ):
            reasons.setdefault(pk, []).append(reason)
    return [
        replace(outcome, exception=_first(reasons.get(outcome.transaction_id or 0, []), sale.state))
        if outcome.answer == "same"
        else outcome
        for sale, outcome in zip(sales, outcomes, strict=True)
    ]


def _first(reasons: Sequence[str], state: str) -> str | None:
    return next((reason for reason in _ORDER[state] if reason in reasons), None)
