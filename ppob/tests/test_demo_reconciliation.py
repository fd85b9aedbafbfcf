"""The demo's last days are compared: differences to work on, deposits explained to the Rupiah, FINNET empty."""

import time
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from organization.choices import Role
from organization.demo.cast import ROLE_CARDS
from organization.tests.factories import EmployeeFactory
from ppob.demo import master, reconciliation, sales
from ppob.models import BillerDay, DepositStatement, Difference, ReconciliationRun
from ppob.services.proof import verify_ledger

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


def test_three_days_of_it(monkeypatch, settings, tmp_path, record_property):
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr(sales, "SELLERS", 25)
    now = timezone.now()
    with transaction.atomic():
        for role in (Role.ACCOUNTANT, Role.PPOB_ADMINISTRATOR):
            EmployeeFactory(nik=ROLE_CARDS[role], roles=[role])
        master.load(seed=1, progress=lambda done, what: None, now=now)
        sales.load(days=3, seed=1, progress=lambda done, what: None, now=now)
        begun = time.perf_counter()
        counts = reconciliation.load(days=3, seed=1, progress=lambda done, what: None, now=now)
        record_property("seconds", f"{time.perf_counter() - begun:.1f}")

    yesterday = timezone.localdate(now) - timedelta(days=1)
    assert counts["ppob.reconciliationrun"] == ReconciliationRun.objects.count() >= 10
    assert not ReconciliationRun.objects.filter(biller__code="FINNET").exists()
    assert ReconciliationRun.objects.filter(business_on=yesterday).count() == 5
    assert {"amount", "status", "missing_at_biller", "missing_here", "duplicate_at_biller"} <= set(
        Difference.objects.values_list("kind", flat=True)
    )
    told = {str(run): (run.rejected, run.matched) for run in ReconciliationRun.objects.all()}
    assert all(rejected == 0 and matched > 0 for rejected, matched in told.values()), told
    for statement in DepositStatement.objects.exclude(expected=None):
        assert statement.unexplained == 0, (statement, statement.breakdown)
    assert DepositStatement.objects.filter(payable__gt=0).count() >= 1
    assert verify_ledger()["violations"] == []
    before = BillerDay.objects.filter(business_on__lt=yesterday - timedelta(days=1))
    assert before.filter(signed_at=None).count() == 0 < before.count()
    assert not BillerDay.objects.filter(business_on=yesterday).exclude(signed_at=None).exists()
