"""A period of an account: opening + movements = closing, the running balance has no gap, and periods share nothing."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ppob import ledger
from ppob.models import Account
from ppob.selectors.statements import movements_of, number_of, stretch_of, told
from ppob.tests.balance_world import prove
from ppob.tests.ledger_factories import account, make_agent, make_biller

pytestmark = pytest.mark.django_db(transaction=True)
WIB = ZoneInfo("Asia/Jakarta")
FIRST = date(2026, 3, 1)


def post(key: str, day: date, *, debit: Account, credit: Account, amount: int = 100) -> None:
    ledger.post(
        key=key,
        kind="move",
        legs=[(debit.pk, amount), (credit.pk, -amount)],
        at=datetime(day.year, day.month, day.day, 12, tzinfo=WIB),
    )


def movements(of: Account, first: date, last: date):
    stretch = stretch_of(of, first, last)
    rows = movements_of(of, stretch).order_by(number_of(of))
    return stretch, told(of, rows)


def hold_together(of: Account, first: date, last: date) -> None:
    stretch, found = movements(of, first, last)
    assert stretch.opening + sum(one.amount for one in found) == stretch.closing
    balance = stretch.opening
    for one in found:
        balance += one.amount
        assert one.balance == balance
    if not of.is_shared:
        assert [one.number for one in found] == list(range(stretch.after + 1, stretch.through + 1))


def test_a_month_of_an_agent(db):
    agent, biller = account(make_agent()), account(make_biller())
    for number in range(10):
        post(f"k{number}", FIRST + timedelta(days=number), debit=biller, credit=agent, amount=100 + number)

    stretch, found = movements(agent, FIRST + timedelta(days=3), FIRST + timedelta(days=5))

    assert (stretch.opening, stretch.closing) == (303, 303 + 103 + 104 + 105)
    assert [one.amount for one in found] == [103, 104, 105]
    assert [one.balance for one in found] == [406, 510, 615]
    hold_together(agent, FIRST, FIRST + timedelta(days=30))


def test_a_biller_is_told_by_its_deltas_folded_or_not(db):
    agent, biller = account(make_agent(10_000)), account(make_biller())
    for number in range(4):
        post(f"a{number}", FIRST + timedelta(days=number), debit=agent, credit=biller)
    assert ledger.fold(biller.pk) == 4
    for number in range(4, 7):
        post(f"a{number}", FIRST + timedelta(days=number), debit=agent, credit=biller)

    # The fold is of today, and holds what was posted in March.
    stretch, found = movements(biller, FIRST + timedelta(days=2), FIRST + timedelta(days=5))

    assert [one.amount for one in found] == [-100] * 4
    assert (stretch.opening, stretch.closing) == (-200, -600)
    assert [one.balance for one in found] == [-300, -400, -500, -600]


def test_a_period_without_anything_keeps_its_balance(db):
    agent, biller = account(make_agent()), account(make_biller())
    post("one", FIRST, debit=biller, credit=agent)

    for of, balance in ((agent, 100), (biller, 100)):
        stretch, found = movements(of, FIRST + timedelta(days=1), FIRST + timedelta(days=9))
        assert (found, stretch.opening, stretch.closing) == ([], balance, balance)
        before, found = movements(of, FIRST - timedelta(days=9), FIRST - timedelta(days=1))
        assert (found, before.opening, before.closing) == ([], 0, 0)
        turned, found = movements(of, FIRST, FIRST - timedelta(days=1))
        assert (found, turned.opening) == ([], turned.closing)


def test_deltas_that_cancel_each_other_leave_no_fold_and_no_gap(db):
    agent, biller = account(make_agent(1_000)), account(make_biller())
    post("out", FIRST, debit=agent, credit=biller)
    post("back", FIRST, debit=biller, credit=agent)
    assert ledger.fold(biller.pk) == 2
    post("out again", FIRST + timedelta(days=1), debit=agent, credit=biller)
    assert ledger.fold(biller.pk) == 1

    _stretch, found = movements(biller, FIRST, FIRST + timedelta(days=1))
    assert [one.balance for one in found] == [-100, 0, -100]


STEPS = st.lists(
    st.tuples(st.integers(0, 5), st.sampled_from(["in", "out", "fold"]), st.integers(1, 500)),
    max_size=25,
)


@given(steps=STEPS, cut=st.integers(0, 6))
@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)  # fmt: skip
def test_whatever_happened_periods_that_follow_each_other_share_nothing(db, steps, cut):
    """Days come in any order, as a history that is loaded late does; folds fall anywhere between."""
    agent, biller = account(make_agent(1_000_000)), account(make_biller())
    for number, (day, what, amount) in enumerate(steps):
        if what == "fold":
            ledger.fold(biller.pk)
            continue
        debit, credit = (agent, biller) if what == "out" else (biller, agent)
        key = f"{agent.code}-{number}"
        post(key, FIRST + timedelta(days=day), debit=debit, credit=credit, amount=amount)

    middle, far = FIRST + timedelta(days=cut), date(2199, 1, 1)
    for of in (agent, biller):
        hold_together(of, date(2000, 1, 1), far)
        hold_together(of, date(2000, 1, 1), middle)
        hold_together(of, middle + timedelta(days=1), far)
        one, _found = movements(of, date(2000, 1, 1), middle)
        other, _found = movements(of, middle + timedelta(days=1), far)
        assert (one.through, one.closing) == (other.after, other.opening)
    prove()
