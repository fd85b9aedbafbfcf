from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from organization.exceptions import PastIsKept
from organization.models import StoreBranch
from organization.services import assign_branch, follow_the_calendar
from organization.tests.factories import BranchFactory, StoreFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def today():
    return timezone.localdate()


@pytest.fixture
def store():
    return StoreFactory()


def served_by(store, day):
    return store.branch_history.get(days__contains=day).branch


def assign(store, branch, day):
    return assign_branch(store=store, branch=branch, from_on=day, actor=None)


def test_a_new_branch_takes_over_and_the_days_before_stay(store, today):
    old, new = store.branch, BranchFactory()
    assign(store, new, today)

    store.refresh_from_db()
    assert store.branch == new
    assert served_by(store, today) == new
    assert served_by(store, today - timedelta(days=1)) == old


def test_a_planned_change_comes_on_its_day(store, today):
    old, new = store.branch, BranchFactory()
    day = today + timedelta(days=10)
    assign(store, new, day)
    store.refresh_from_db()
    assert store.branch == old
    assert follow_the_calendar() == 0

    with time_machine.travel(timezone.now() + timedelta(days=10)):
        assert follow_the_calendar() == 1
        assert follow_the_calendar() == 0
    store.refresh_from_db()
    assert store.branch == new


def test_an_assignment_holds_until_the_next_planned_one(store, today):
    first, second = BranchFactory(), BranchFactory()
    assign(store, second, today + timedelta(days=20))
    assign(store, first, today)
    assert served_by(store, today + timedelta(days=19)) == first
    assert served_by(store, today + timedelta(days=20)) == second


def test_the_same_day_again_corrects_it(store, today):
    first, second = BranchFactory(), BranchFactory()
    assign(store, first, today)
    assign(store, second, today)
    assert served_by(store, today) == second
    assert store.branch_history.count() == 2


def test_days_that_have_passed_keep_their_branch(store, today):
    with pytest.raises(PastIsKept):
        assign(store, BranchFactory(), today - timedelta(days=1))
    assert store.branch_history.count() == 1


def test_the_same_branch_changes_nothing(store, today):
    assign(store, store.branch, today)
    assert store.branch_history.count() == 1


def test_a_new_store_gets_its_first_branch_from_its_opening(today):
    store = StoreFactory()
    store.branch_history.all().delete()
    assign(store, store.branch, store.opened_on)
    assert served_by(store, today) == store.branch


@pytest.mark.django_db(transaction=True)
def test_assignments_at_once_leave_one_branch_a_day():
    store, today = StoreFactory(), timezone.localdate()
    branches = BranchFactory.create_batch(6)

    def run(branch):
        try:
            assign(store, branch, today)
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(run, branches))

    store.refresh_from_db()
    assert StoreBranch.objects.filter(store=store).count() == 2
    assert served_by(store, today) == store.branch
