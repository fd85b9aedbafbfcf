"""Nobody comes back to a PIN they had, and a one-time PIN lets in for a day."""

from datetime import timedelta

import pytest
import time_machine
from django.conf import settings as project_settings
from django.test import Client
from django.utils import timezone

from core.models import AuditEntry
from organization.login.exceptions import UsedPinAgain
from organization.login.services import change_own_pin
from organization.models import UsedPin
from organization.services import reset_pin
from organization.tests.doors import is_in, log_in
from organization.tests.factories import EmployeeFactory

pytestmark = pytest.mark.django_db
PINS = ["482913", "604827", "739105", "518294", "926473", "385716", "172948"]


@pytest.fixture
def person():
    return EmployeeFactory(pin=PINS[0], nik="2015007777")


@pytest.fixture
def client():
    made = Client()
    made.cookies[project_settings.LANGUAGE_COOKIE_NAME] = "en"
    return made


def test_the_last_five_do_not_come_back(person):
    for pin in PINS[1:]:
        change_own_pin(person=person, pin=pin)

    for pin in PINS[1:-1]:
        with pytest.raises(UsedPinAgain):
            change_own_pin(person=person, pin=pin)
    assert UsedPin.objects.filter(employee=person).count() == 5

    change_own_pin(person=person, pin=PINS[0])
    assert person.check_password(PINS[0])


def test_a_reset_does_not_open_the_way_back(person):
    reset_pin(employee=person, actor=None)
    with pytest.raises(UsedPinAgain):
        change_own_pin(person=person, pin=PINS[0])


def test_a_one_time_pin_is_no_used_pin(person):
    reset_pin(employee=person, actor=None)
    change_own_pin(person=person, pin=PINS[1])
    assert UsedPin.objects.filter(employee=person).count() == 1


def test_others_may_have_the_same_pin(person):
    change_own_pin(person=EmployeeFactory(pin=PINS[2]), pin=PINS[0])


def test_a_one_time_pin_lets_in_for_a_day(client, person):
    pin = reset_pin(employee=person, actor=None)
    with time_machine.travel(timezone.now() + timedelta(hours=23)):
        log_in(client, person.nik, pin)
        assert is_in(client)


def test_after_a_day_it_says_that_it_is_too_old(client, person):
    pin = reset_pin(employee=person, actor=None)
    with time_machine.travel(timezone.now() + timedelta(hours=25)):
        page = log_in(client, person.nik, pin)
    assert "This one-time PIN is too old" in page.content.decode()
    assert not is_in(client)
    assert AuditEntry.objects.filter(act="login.pin_expired").exists()


def test_a_pin_of_ones_own_does_not_grow_old(client, person):
    reset_pin(employee=person, actor=None)
    change_own_pin(person=person, pin=PINS[1])
    with time_machine.travel(timezone.now() + timedelta(hours=30)):
        log_in(client, person.nik, PINS[1])
        assert is_in(client)
