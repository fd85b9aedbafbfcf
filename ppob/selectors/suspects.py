"""What waits for an answer, and what waits for a person."""

from datetime import timedelta
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from organization.models import Employee
from ppob.access import reaches
from ppob.choices import TransactionState
from ppob.models import AdviceRequest, PostingException, Transaction
from ppob.selectors.transactions import advice_by_sale, transactions_visible_to

# Nothing older can still be reported on: the ledger takes news three months back.
LOOKS_BACK = timedelta(days=95)


def suspects_visible_to(viewer: Employee) -> QuerySet[Transaction]:
    """With whether the core was asked, and whether a question is open."""
    asked = AdviceRequest.objects.filter(transaction_id=OuterRef("pk"))
    since = timezone.now() - LOOKS_BACK
    suspects = transactions_visible_to(viewer).filter(state=TransactionState.SUSPECT, occurred_at__gte=since)
    return suspects.annotate(was_asked=Exists(asked), is_asked=Exists(asked.filter(answered_at=None)))


def with_advices(sales: list[Any]) -> list[Any]:
    """The same rows, each with its questions, newest first: one query."""
    found = advice_by_sale([sale.pk for sale in sales])
    for sale in sales:
        sale.advices = found.get(sale.pk, [])
    return sales


def exceptions_visible_to(viewer: Employee) -> QuerySet[PostingException]:
    found = PostingException.objects.select_related("agent", "closed_by")
    return found if reaches(viewer, "ppob.view_postingexception") else found.none()


def with_sales(exceptions: list[Any]) -> list[Any]:
    """The same rows, each with the sale that it is about: one query, by both parts of its key."""
    sales = Transaction.objects.select_related("product", "biller").filter(
        occurred_at__in={one.occurred_at for one in exceptions},
        pk__in={one.transaction_id for one in exceptions},
    )
    found = {sale.pk: sale for sale in sales}
    for one in exceptions:
        one.sale = found.get(one.transaction_id)
    return exceptions
