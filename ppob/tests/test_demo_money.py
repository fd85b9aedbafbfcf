"""What was done with the demo's money agrees with its ledger: top-ups, the bank's lines, redemptions, sums, closed days."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.db.models import Count
from django.utils import timezone

from ppob.demo import master, money, sales
from ppob.models import BankLine, LedgerDay, Redemption, SalesDay, TopUp, Transaction, Transfer
from ppob.services.proof import verify_ledger

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


def _silent(done, what):
    return None


def test_it_agrees_with_the_ledger(monkeypatch):
    monkeypatch.setattr(sales, "A_DAY", 150)
    monkeypatch.setattr(sales, "SELLERS", 25)
    now = timezone.now()
    with transaction.atomic():
        master.load(seed=1, progress=_silent, now=now)
        sales.load(days=3, seed=1, progress=_silent, now=now)
        counts = money.load(days=3, seed=1, progress=_silent, now=now)

    assert counts["ppob.topup"] == TopUp.objects.count() > 20
    assert counts["ppob.bankline"] == BankLine.objects.count()
    for topup in TopUp.objects.filter(state="posted").select_related("bank_line"):
        assert (
            Transfer.objects.get(pk=topup.transfer_id).amount == topup.amount == abs(topup.bank_line.amount)
        )
    assert {one.state for one in TopUp.objects.all()} == {"waiting", "matched", "posted", "cancelled"}
    assert BankLine.objects.filter(topup=None).count() == 2
    assert counts["ppob.redemption"] == Redemption.objects.count()
    sold = Transaction.objects.values("biller", "business_on", "state").annotate(n=Count("id"))
    summed = {
        (day.biller_id, day.business_on, day.state): 0 for day in SalesDay.objects.all()
    }  # fmt: skip
    for day in SalesDay.objects.all():
        summed[day.biller_id, day.business_on, day.state] += day.transactions
    assert summed == {(row["biller"], row["business_on"], row["state"]): row["n"] for row in sold}
    assert LedgerDay.objects.latest("day").day < timezone.localdate(now)
    assert LedgerDay.objects.filter(day__gte=timezone.localdate(now) - timedelta(days=3)).exists()
    assert verify_ledger()["violations"] == []
