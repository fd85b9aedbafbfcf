"""The demo's weeks of sales: a ledger that adds up, deposits that are what the billers say, FINNET empty."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from ppob.demo import master, sales
from ppob.models import Account, Biller, PostingException, ReportedBalance, Transaction, Transfer
from ppob.services.proof import verify_ledger

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


def test_three_days_of_it(monkeypatch):
    monkeypatch.setattr(sales, "A_DAY", 150)
    monkeypatch.setattr(sales, "SELLERS", 25)
    now = timezone.now()
    with transaction.atomic():
        master.load(seed=1, progress=lambda done, what: None, now=now)
        counts = sales.load(days=3, seed=1, progress=lambda done, what: None, now=now)

    rows = Transaction.objects.all()
    assert rows.count() == counts["ppob.transaction"] > 400
    assert {row.state for row in rows} >= {"success", "failed"}
    assert not rows.filter(biller__code="FINNET").exists()
    assert rows.latest("occurred_at").occurred_at > now - timedelta(hours=6)
    assert all(row.received_at >= row.occurred_at for row in rows)
    # Those who did not see it coming, and nobody else.
    assert {one.reason for one in PostingException.objects.all()} <= {"floor", "unheld"}
    assert PostingException.objects.count() < 60
    assert Transfer.objects.filter(kind="topup").count() > 10
    for biller in Biller.objects.filter(settlement="prefunded"):
        said = ReportedBalance.objects.filter(biller=biller, at__lte=now).latest("at")
        since = sum(
            row.net * {"success": 1, "reversed": 0}.get(row.state, 0)
            for row in rows.filter(biller=biller, received_at__gt=said.at)
        )
        short = sales.SHORT_BY if biller.code == sales.DIFFERS else 0
        taken_back = rows.filter(biller=biller, state="reversed", changed_at__gt=said.at)
        book = Account.objects.get(biller=biller).balance
        assert said.amount == book + since + (-short) - sum(row.net for row in taken_back), biller.code
    assert verify_ledger()["violations"] == []
