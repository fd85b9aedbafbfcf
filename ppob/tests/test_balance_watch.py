"""What stands at billers: with what is not folded, against their word of the same moment; told once when it runs low."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from core.models import AuditEntry
from notifications.models import Notification
from organization.choices import Role
from organization.tests.factories import EmployeeFactory
from ppob import ledger
from ppob.choices import AlarmKind, TransactionState
from ppob.exceptions import NotInFuture, TooLongAgo
from ppob.models import BalanceAlarm, BookBalance, ReportedBalance
from ppob.selectors.balances import balances_of, every_biller_account, history_of
from ppob.services.balances import record_reported, watch_balances
from ppob.tests.balance_world import prove, reported, sold, sold_a_week
from ppob.tests.ledger_factories import account, make_biller, make_product

pytestmark = pytest.mark.django_db(transaction=True)


def fund(biller, amount):
    ledger.move(
        key=f"fund:{biller.code}:{timezone.now().timestamp()}", kind="deposit_topup", debit=account(biller).pk,
        credit=account("bank:idr").pk, amount=amount,
    )  # fmt: skip


def balance(biller):
    return next(one for one in balances_of(every_biller_account()) if one.biller == biller)


@pytest.fixture
def accountant():
    return EmployeeFactory(roles=[Role.ACCOUNTANT])


def test_a_balance_counts_what_is_not_folded():
    biller = make_biller()
    fund(biller, 3_000_000)
    ledger.fold(account(biller).pk)
    fund(biller, 500_000)
    assert balance(biller).book == 3_500_000


def test_days_left_go_by_the_mean_of_the_full_days():
    biller = make_biller()
    fund(biller, 10_000_000)
    sold_a_week(biller, 2_400_000)
    sold(biller, timezone.localdate(), 99_000_000)
    sold(biller, timezone.localdate() - timedelta(days=2), 50_000_000, state=TransactionState.FAILED)

    one = balance(biller)
    assert (one.spent_a_day, one.spent_an_hour, one.pace_days) == (2_400_000, 100_000, 7)
    assert one.days_left == pytest.approx(10_000_000 / 2_400_000)


def test_a_new_biller_is_not_slow():
    biller = make_biller()
    sold(biller, timezone.localdate() - timedelta(days=1), 700_000)
    assert (balance(biller).spent_a_day, balance(biller).pace_days) == (700_000, 1)


def test_todays_share_of_successes_leaves_out_what_has_not_ended():
    biller, product = make_biller(), make_product()
    for state, count in (("success", 97), ("failed", 2), ("reversed", 1), ("suspect", 40)):
        sold(biller, timezone.localdate(), 1, product=product, state=state, transactions=count)
    assert balance(biller).success_rate == 97


def test_a_billers_figure_is_compared_with_the_book_of_its_moment(accountant):
    biller = make_biller()
    fund(biller, 1_000_000)
    moment = timezone.now()
    fund(biller, 250_000)

    record_reported(biller=biller, amount=999_000, at=moment, actor=accountant)

    one = balance(biller)
    assert (one.book, one.difference) == (1_250_000, -1_000)
    entry = AuditEntry.objects.get(act="biller.balance_reported")
    assert entry.changes["reported_balance"] == [None, 999_000]
    prove()


def test_the_same_figure_typed_twice_is_one(accountant):
    biller, at = make_biller(), timezone.now()
    for _ in range(2):
        record_reported(biller=biller, amount=5, at=at, actor=accountant)
    assert ReportedBalance.objects.count() == AuditEntry.objects.count() == 1


def test_a_figure_is_of_now_or_shortly_before(accountant):
    with pytest.raises(NotInFuture):
        record_reported(
            biller=make_biller(), amount=5, at=timezone.now() + timedelta(hours=1), actor=accountant
        )
    with pytest.raises(TooLongAgo):
        record_reported(
            biller=make_biller(), amount=5, at=timezone.now() - timedelta(days=8), actor=accountant
        )


def test_falling_below_is_told_once_and_again_only_after_it_was_above(accountant):
    staff = EmployeeFactory(roles=[Role.PPOB_STAFF])
    biller = make_biller(low_balance=1_000_000)
    assert [watch_balances(), watch_balances(), watch_balances()] == [1, 0, 0]
    fund(biller, 2_000_000)
    assert watch_balances() == 0
    biller.low_balance = 5_000_000
    biller.save()
    assert watch_balances() == 1
    assert Notification.objects.filter(person=accountant, kind="ppob.low_balance").count() == 2
    assert not Notification.objects.filter(person=staff).exists()


def test_less_than_a_day_left_is_low_whatever_the_line():
    biller = make_biller(low_balance=0)
    fund(biller, 900_000)
    sold_a_week(biller, 1_000_000)
    assert balance(biller).is_low


def test_two_clocks_tell_once(accountant):
    make_biller(low_balance=1)
    start, raised = threading.Barrier(2), []

    def watch():
        start.wait()
        try:
            raised.append(watch_balances())
        finally:
            connection.close()

    threads = [threading.Thread(target=watch) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(raised) == [0, 1]
    assert Notification.objects.filter(kind="ppob.low_balance").count() == 1
    assert BookBalance.objects.count() == 1


def test_a_difference_is_told_when_it_is_large_and_fresh(accountant):
    biller = make_biller(difference_limit=10_000)
    reported(biller, 10_001, at=timezone.now() - timedelta(days=2), book=0)
    assert watch_balances() == 0
    reported(biller, 10_000)
    assert watch_balances() == 0
    assert ReportedBalance.objects.order_by("-pk")[0].book == 0  # came by the API and is compared now
    reported(biller, 10_001)
    assert [watch_balances(), watch_balances()] == [1, 0]
    assert BalanceAlarm.objects.get().kind == AlarmKind.DIFFERENCE
    reported(biller, 0)
    watch_balances()
    assert BalanceAlarm.objects.get().ended_at is not None


def test_a_biller_settled_by_transfer_never_runs_dry():
    biller = make_biller(settlement="transfer", low_balance=1_000)
    sold_a_week(biller, 1_000_000)
    one = balance(biller)
    assert (one.is_low, one.days_left) == (False, None)


def test_the_graph_keeps_gaps_and_holds_a_figure_until_the_next():
    biller, now = make_biller(), timezone.now().replace(microsecond=0)
    for hours, amount in ((6, 100), (5, 90), (1, 50)):
        BookBalance.objects.create(biller=biller, at=now - timedelta(hours=hours), amount=amount)
    reported(biller, 80, at=now - timedelta(hours=3))
    history = history_of(biller, since=now - timedelta(hours=8), until=now, points=8)
    assert history["book"] == [None, None, 100, 90, None, None, None, 50, None]
    assert history["reported"] == [None] * 4 + [80] * 5
