from datetime import timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from core import audit
from core.events import announce
from organization.choices import EmployeeStatus
from organization.events import EmployeeFrozen, EmployeeResigned, EmployeeUnfrozen, LoginUnlocked, PinReset
from organization.login import used_pins
from organization.models import Employee, LoginCounter
from organization.pins import random_pin
from organization.services.administrators import check_actor, check_one_stays

# Whoever hands a PIN over knows it as well: it shall not lie about.
ONE_TIME_PIN_HOLDS = timedelta(hours=24)


@transaction.atomic
def freeze_employee(*, employee: Employee, actor: Employee | None) -> Employee:
    """Shut an account for a while: open sessions end at their next request and do not come back with the account.

    Raises NotAboutYourself, OnlyForAdministrators, LastAdministrator.
    """
    frozen = _leave(employee, EmployeeStatus.FROZEN, actor)
    announce(EmployeeFrozen(employee_id=employee.pk))
    return frozen


@transaction.atomic
def mark_resigned(*, employee: Employee, actor: Employee | None) -> Employee:
    """Shut the account of somebody who left; the person's records stay. Raises as `freeze_employee`."""
    resigned = _leave(employee, EmployeeStatus.RESIGNED, actor)
    announce(EmployeeResigned(employee_id=employee.pk))
    return resigned


@transaction.atomic
def unfreeze_employee(*, employee: Employee, actor: Employee | None) -> Employee:
    """Open an account again; the person logs in with the PIN of before. Raises as `check_actor`."""
    check_actor(employee=employee, actor=actor)
    person = _locked(employee)
    changes = audit.changed(person, status=EmployeeStatus.ACTIVE)
    person.status = EmployeeStatus.ACTIVE
    person.save(update_fields=["status"])
    audit.record(actor, "account.unfrozen", person, changes)
    announce(EmployeeUnfrozen(employee_id=person.pk))
    return _refreshed(employee)


@transaction.atomic
def reset_pin(*, employee: Employee, actor: Employee | None) -> str:
    """Give a one-time PIN, which is returned once and stored nowhere; the person has to choose another at login.

    It lets them in for a day. The person's sessions end and the locks on the login are lifted. Raises as `check_actor`.
    """
    check_actor(employee=employee, actor=actor)
    person = _locked(employee)
    pin = random_pin(person.nik)
    used_pins.keep_current(person)
    person.set_password(pin)
    person.must_change_pin = True
    person.pin_expires_at = timezone.now() + ONE_TIME_PIN_HOLDS
    person.session_series = F("session_series") + 1
    person.save(update_fields=["password", "must_change_pin", "pin_expires_at", "session_series"])
    LoginCounter.objects.filter(employee=person).delete()
    audit.record(actor, "account.pin_reset", person)
    announce(PinReset(employee_id=person.pk))
    _refreshed(employee)
    return pin


@transaction.atomic
def choose_language(*, person: Employee, language: str) -> None:
    """What pages, mails and papers speak to the person from now on; the same as before is no change."""
    if changes := audit.changed(person, language=language):
        person.language = language
        person.save(update_fields=["language"])
        audit.record(person, "object.changed", person, changes)


@transaction.atomic
def unlock_login(*, employee: Employee, actor: Employee | None) -> None:
    """Forget the wrong tries and locks of the person's login, from every address and device. Raises as `check_actor`."""
    check_actor(employee=employee, actor=actor)
    LoginCounter.objects.filter(employee=employee).delete()
    audit.record(actor, "account.unlocked", employee)
    announce(LoginUnlocked(employee_id=employee.pk))


def _leave(employee: Employee, status: EmployeeStatus, actor: Employee | None) -> Employee:
    check_actor(employee=employee, actor=actor)
    check_one_stays(without=employee)
    person = _locked(employee)
    changes = audit.changed(person, status=status)
    person.status = status
    person.session_series = F("session_series") + 1
    person.save(update_fields=["status", "session_series"])
    audit.record(actor, f"account.{status}", person, changes)
    return _refreshed(employee)


def _locked(employee: Employee) -> Employee:
    return Employee.objects.select_for_update(of=("self",)).get(pk=employee.pk)


def _refreshed(employee: Employee) -> Employee:
    """The caller's own object, which says what the row says now."""
    employee.refresh_from_db(fields=["status", "password", "must_change_pin", "session_series"])
    return employee
