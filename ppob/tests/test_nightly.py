"""What beat does for the ledger, twice as often as it should and by two workers at once."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection, connections, transaction
from django.db.models import Sum
from django.utils import timezone

from core import outbox
from core.models import OutboxMessage
from notifications.models import Notification
from organization.choices import Role
from organization.tests.factories import EmployeeFactory
from ppob import tasks
from ppob.ledger_notices import EXCEPTIONS, ask_to_tell_exceptions
from ppob.models import Fold, Hold, LedgerDay, LedgerProof, SalesDay, Transaction
from ppob.services import nightly
from ppob.services.holds import expire_holds, hold_money
from ppob.services.proof import verify_ledger
from ppob.services.sales import report_sales
from ppob.services.shared_accounts import fold_all
from ppob.services.summaries import summarise_changed
from ppob.tests.ledger_factories import House, account

pytestmark = pytest.mark.django_db(transaction=True)
WORKERS = 2


@pytest.fixture
def house() -> House:
    return House.make()


def by_two(work) -> list:
    """The same task by two workers at the same moment."""
    together = threading.Barrier(WORKERS)

    def run(_):
        together.wait()
        try:
            return work()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(WORKERS) as pool:
        return list(pool.map(run, range(WORKERS)))


def test_shared_accounts_are_folded_once(house):
    report_sales([house.sale() for _ in range(10)])
    by_two(fold_all)
    fold_all()

    assert account(house.biller).balance == -10 * 50_500
    assert account("income:idr").balance == 10 * 1_500
    assert Fold.objects.filter(account=account(house.biller)).aggregate(n=Sum("deltas"))["n"] == 10
    assert verify_ledger()["violations"] == []


def test_an_account_whose_lock_is_busy_is_left_to_the_next_tick(house):
    report_sales([house.sale()])
    with connections["default"].copy().cursor() as other:
        other.execute("BEGIN")
        other.execute("SELECT pg_advisory_xact_lock_shared(742103, %s)", [account(house.biller).pk])
        fold_all()
        other.execute("ROLLBACK")
    assert account(house.biller).balance == 0
    assert account("income:idr").balance == 1_500
    fold_all()
    assert account(house.biller).balance == -50_500


def test_only_holds_whose_time_is_over_expire_and_each_once(house):
    report_sales([house.sale(state="suspect")])  # its own hold has no such time
    for number, minutes in enumerate((-5, -5, 5)):
        hold_money(
            key=f"h{number}", agent=house.agent.agent_id, amount=1_000, expires_in=timedelta(minutes=minutes)
        )

    assert sum(by_two(expire_holds)) == 2
    assert expire_holds() == 0

    assert sorted(Hold.objects.values_list("state", flat=True)) == ["expired", "expired", "open", "open"]
    assert account(house.agent).held == 52_000 + 1_000


def test_the_night_closes_yesterday_and_says_so(house):
    yesterday = timezone.now() - timedelta(days=1)
    report_sales([house.sale(occurred_at=yesterday)], at=yesterday)

    found = by_two(nightly.prove_the_night)
    tasks.prove_ledger()

    assert any(found)
    assert LedgerDay.objects.count() == 1
    assert all(proof.violations == [] for proof in LedgerProof.objects.all())


def test_a_broken_promise_closes_nothing_and_is_told_once(house, monkeypatch):
    person, other = EmployeeFactory(roles=[Role.ACCOUNTANT]), EmployeeFactory(roles=[Role.PPOB_STAFF])
    broken = {"accounts": 1, "transfers": 1, "violations": [{"kind": "x", "what": "y"}], "closed": []}
    monkeypatch.setattr(nightly, "prove_and_close", lambda today: broken)

    tasks.prove_ledger()
    tasks.prove_ledger()
    outbox.drain("default")

    assert Notification.objects.filter(person=person).count() == 1
    assert not Notification.objects.filter(person=other).exists()
    assert LedgerProof.objects.latest("pk").violations == broken["violations"]
    assert not LedgerDay.objects.exists()


def test_exceptions_are_told_once_an_hour_all_together():
    accountant, poor = EmployeeFactory(roles=[Role.ACCOUNTANT]), House.make(balance=0)
    report_sales([poor.sale(), poor.sale()])

    assert sorted(by_two(ask_to_tell_exceptions)) == [0, 2]
    report_sales([poor.sale()])
    assert ask_to_tell_exceptions() == 0  # this hour has been told
    outbox.drain("default")
    told = Notification.objects.get(person=accountant)
    assert told.params["count"] == 2

    OutboxMessage.objects.filter(kind=EXCEPTIONS).update(key="20200101T00")
    assert ask_to_tell_exceptions() == 1


def totals() -> list:
    return sorted(SalesDay.objects.values_list("state", "transactions", "total", "income", "timed", "p95_ms"))


def test_days_are_summed_up_as_they_are_now(house):
    sales = [house.sale(milliseconds=number * 100) for number in range(1, 21)]
    suspect = house.sale(state="suspect")
    report_sales([*sales, suspect])
    by_two(summarise_changed)

    assert totals() == [
        ("success", 20, 20 * 53_000, 20 * 1_500, 20, 1905),
        ("suspect", 1, 53_000, 1_500, 0, None),
    ]

    report_sales([replace(suspect, state="failed"), replace(sales[0], state="reversed")])
    summarise_changed()
    summarise_changed()
    assert [(state, count) for state, count, *_ in totals()] == [
        ("failed", 1),
        ("reversed", 1),
        ("success", 19),
    ]
    assert SalesDay.objects.aggregate(n=Sum("transactions"))["n"] == Transaction.objects.count()


def test_a_day_that_did_not_change_is_not_read(house):
    report_sales([house.sale()])
    assert len(summarise_changed()) == 1
    assert summarise_changed(since=timezone.now() + timedelta(minutes=1)) == []


def test_a_summary_that_is_right_is_not_written_again(house):
    report_sales([house.sale()])
    summarise_changed()

    def version():
        with connection.cursor() as cursor:
            cursor.execute("SELECT xmin::text FROM ppob_salesday")
            return cursor.fetchone()

    before = version()
    with transaction.atomic():
        summarise_changed()
    assert version() == before
