"""A sale as it came an hour ago, and where its page is."""

from datetime import UTC, datetime, timedelta

from django.urls import reverse

from ppob.models import Transaction
from ppob.services.sales import report_sales
from ppob.tests.ledger_factories import House


def an_hour_ago() -> datetime:
    return datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)


def sell(house=None, **fields) -> Transaction:
    house = house or House.make()
    sale = house.sale(**{"occurred_at": an_hour_ago(), **fields})
    (outcome,) = report_sales([sale])
    assert outcome.is_taken, outcome
    return Transaction.objects.get(pk=outcome.transaction_id or 0)


def url_of(sale: Transaction, name: str = "transaction-detail") -> str:
    return reverse(f"ppob:{name}", args=[sale.moment, sale.pk])
