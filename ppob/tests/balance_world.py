"""People of the payment point, and money on its way, for the tests of its pages."""

import itertools
from datetime import date, timedelta
from typing import Any

from django.test import Client
from django.utils import timezone

from organization.choices import Role
from organization.models import Employee
from organization.tests.factories import EmployeeFactory
from ppob.choices import TransactionState
from ppob.models import BankLine, Biller, Product, ReportedBalance, SalesDay, TopUp
from ppob.services.proof import verify_ledger
from ppob.tests.ledger_factories import make_agent, make_product

_numbers = itertools.count(1)


def person(role: str = Role.PPOB_ADMINISTRATOR, **fields: Any) -> Employee:
    return EmployeeFactory(roles=[role], language="en", **fields)


def client_of(employee: Employee) -> Client:
    client = Client()
    client.force_login(employee)
    return client


def make_topup(**fields: Any) -> TopUp:
    number = next(_numbers)
    if "agent" not in fields and "biller" not in fields:
        fields["agent"] = make_agent()
    defaults = {"amount": 1_000_000, "reference": f"TU-{number:05}", "asked_at": timezone.now()}
    return TopUp.objects.create(**{**defaults, **fields})


def make_line(topup: TopUp | None = None, **fields: Any) -> BankLine:
    """The bank's word on a top-up, or on nothing that we know."""
    told = {"reference": f"B-{next(_numbers):05}", "amount": 1_000_000}
    if topup is not None:
        told = {
            "reference": topup.reference,
            "amount": topup.amount if topup.agent_id else -topup.amount,
        }
    return BankLine.objects.create(**{"bank": "BCA", "booked_on": timezone.localdate(), **told, **fields})


def sold(
    biller: Biller, day: date, net: int, *, product: Product | None = None, state: str = TransactionState.SUCCESS,
    transactions: int = 10,
) -> SalesDay:  # fmt: skip
    return SalesDay.objects.create(
        biller=biller,
        product=product or make_product(),
        business_on=day,
        state=state,
        transactions=transactions,
        sheets=transactions,
        total=net,
        net=net,
        income=0,
        milliseconds=0,
        timed=0,
    )


def sold_a_week(biller: Biller, net_a_day: int) -> None:
    product = make_product()
    for back in range(1, 8):
        sold(biller, timezone.localdate() - timedelta(days=back), net_a_day, product=product)


def reported(biller: Biller, amount: int, **fields: Any) -> ReportedBalance:
    return ReportedBalance.objects.create(
        **{"biller": biller, "amount": amount, "at": timezone.now(), "source": "api", **fields}
    )


def prove() -> None:
    assert verify_ledger()["violations"] == []
