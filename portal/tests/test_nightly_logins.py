"""What logins leave behind goes by itself, and planned moves happen by themselves."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from organization import tasks
from organization.login.retention import remove_old_logins
from organization.models import KnownDevice, Store
from organization.services import assign_branch
from organization.tests.doors import PIN, log_in
from organization.tests.factories import BranchFactory, EmployeeFactory, StoreFactory
from portal.celery import SCHEDULE

pytestmark = pytest.mark.django_db


def test_sessions_that_are_over_go_and_open_ones_stay():
    old, young = Client(), Client()
    old.force_login(EmployeeFactory())
    young.force_login(EmployeeFactory())
    past = timezone.now() - timedelta(minutes=1)
    Session.objects.filter(pk=old.session.session_key).update(expire_date=past)

    remove_old_logins()

    assert list(Session.objects.values_list("pk", flat=True)) == [young.session.session_key]


def test_a_browser_of_two_years_ago_is_forgotten():
    for _ in range(2):
        log_in(Client(), EmployeeFactory(pin=PIN).nik)
    old = KnownDevice.objects.order_by("pk").first()
    KnownDevice.objects.filter(pk=old.pk).update(last_seen_at=timezone.now() - timedelta(days=401))

    assert remove_old_logins() == 1
    assert KnownDevice.objects.count() == 1


def test_beat_lets_a_planned_move_happen():
    """What is planned for a day is done by the clock, without anybody's click."""
    store, other = StoreFactory(), BranchFactory()
    assign_branch(store=store, branch=other, from_on=timezone.localdate() + timedelta(days=5), actor=None)
    tasks.follow_branches()
    assert Store.objects.get(pk=store.pk).branch != other

    planned = {line["task"] for line in SCHEDULE.values()}
    assert {"organization.tasks.follow_branches", "organization.tasks.remove_old_logins"} <= planned
    with time_machine.travel(timezone.now() + timedelta(days=6)):
        tasks.follow_branches()

    assert Store.objects.get(pk=store.pk).branch == other
