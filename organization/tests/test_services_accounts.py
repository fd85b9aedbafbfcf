from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from organization.choices import EmployeeStatus, Role
from organization.exceptions import LastAdministrator, NotAboutYourself, OnlyForAdministrators
from organization.models import Employee
from organization.services import freeze_employee, mark_resigned, reset_pin, unfreeze_employee
from organization.tests.doors import PIN
from organization.tests.factories import EmployeeFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator():
    return EmployeeFactory(roles=[Role.ADMINISTRATOR])


def test_freezing_and_back(administrator):
    person = EmployeeFactory(pin=PIN)
    session = person.get_session_auth_hash()

    freeze_employee(employee=person, actor=administrator)
    assert person.status == EmployeeStatus.FROZEN
    unfreeze_employee(employee=person, actor=administrator)

    assert person.is_active
    assert person.check_password(PIN)
    assert person.get_session_auth_hash() != session


def test_who_resigned_is_out(administrator):
    person = mark_resigned(employee=EmployeeFactory(), actor=administrator)
    assert not person.is_active


def test_a_reset_gives_a_one_time_pin(administrator):
    person = EmployeeFactory(pin=PIN)
    pin = reset_pin(employee=person, actor=administrator)
    person = Employee.objects.get(pk=person.pk)
    assert person.check_password(pin)
    assert not person.check_password(PIN)
    assert person.must_change_pin


@pytest.mark.parametrize("act", [freeze_employee, mark_resigned, unfreeze_employee, reset_pin])
def test_nobody_does_it_to_themselves(administrator, act):
    with pytest.raises(NotAboutYourself):
        act(employee=administrator, actor=administrator)


@pytest.mark.parametrize("act", [freeze_employee, mark_resigned, unfreeze_employee, reset_pin])
def test_only_an_administrator_does_it_to_an_administrator(administrator, act):
    """A reset PIN is a way into the account: a manager must not become an administrator by it."""
    EmployeeFactory(roles=[Role.ADMINISTRATOR])
    with pytest.raises(OnlyForAdministrators):
        act(employee=administrator, actor=EmployeeFactory(roles=[Role.MANAGER]))


def test_the_last_administrator_stays(administrator):
    with pytest.raises(LastAdministrator):
        freeze_employee(employee=administrator, actor=None)
    EmployeeFactory(roles=[Role.ADMINISTRATOR])
    freeze_employee(employee=administrator, actor=None)


@pytest.mark.django_db(transaction=True)
def test_two_administrators_who_freeze_each_other_at_once_leave_one():
    pair = EmployeeFactory.create_batch(2, roles=[Role.ADMINISTRATOR])

    def freeze(employee, actor):
        try:
            freeze_employee(employee=employee, actor=actor)
        except LastAdministrator:
            pass
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(freeze, pair, reversed(pair)))

    assert Employee.objects.filter(status=EmployeeStatus.ACTIVE).count() == 1
