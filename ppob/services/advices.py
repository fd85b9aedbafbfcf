""" "Minta advice": what the back office asks of the core. It fetches the questions, and answers by reporting."""

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.db.models.functions import Now

from core import audit
from ppob.choices import TransactionState
from ppob.exceptions import AdviceOpen, NotSuspect
from ppob.models import AdviceRequest, Transaction

_UNDECIDED = {TransactionState.PENDING, TransactionState.SUSPECT}


@transaction.atomic
def ask_advice(*, sale: Transaction, actor: Any) -> AdviceRequest:
    """Ask the core what became of a suspect sale; it fetches the question, and answers by reporting the sale.

    One question at a time, which the database holds. Raises NotSuspect, AdviceOpen.
    """
    # As it is now: the list may be a minute old. The ledger's role alone may lock the row.
    state = Transaction.objects.filter(occurred_at=sale.occurred_at, pk=sale.pk).values_list(
        "state", flat=True
    )
    if state.first() != TransactionState.SUSPECT:
        raise NotSuspect
    try:
        with transaction.atomic():
            asked = AdviceRequest.objects.create(
                transaction_id=sale.pk, occurred_at=sale.occurred_at, noref=sale.noref, biller_id=sale.biller_id,
                business_on=sale.business_on, asked_by=actor,
            )  # fmt: skip
    except IntegrityError as error:
        raise AdviceOpen from error
    audit.record(actor, "advice.asked", asked, {"noref": (None, sale.noref)})
    return asked


@transaction.atomic
def fetch_advices(*, limit: int) -> list[AdviceRequest]:
    """The open questions, oldest first; from now on they count as fetched. One that was fetched and not answered yet
    comes again: an answer of ours may have been lost on its way."""
    questions = list(
        AdviceRequest.objects.filter(answered_at=None).select_related("biller").order_by("pk")[:limit]
    )
    new = [question.pk for question in questions if question.fetched_at is None]
    if new:
        AdviceRequest.objects.filter(pk__in=new, fetched_at=None).update(fetched_at=Now())
    return questions


def answer_advices(states: Mapping[int, str]) -> int:
    """Note that the core answered, by transaction id and the state that it reports; within its batch's transaction.

    An end answers whether or not the question was fetched; "still suspect" is an answer only to whoever asked.
    """
    if not states:
        return 0
    ended = [pk for pk, state in states.items() if state not in _UNDECIDED]
    return AdviceRequest.objects.filter(
        Q(transaction_id__in=ended) | Q(fetched_at__isnull=False),
        transaction_id__in=list(states),
        answered_at=None,
    ).update(answered_at=Now())
