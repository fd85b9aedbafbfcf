import structlog
from django.db import transaction
from django.db.models import F

from organization.choices import EmployeeStatus
from organization.models import Employee, LoginCounter
from organization.pins import random_pin
from organization.services.administrators import check_actor, check_one_stays

log = structlog.get_logger(__name__)


@transaction.atomic
def freeze_employee(*, employee: Employee, actor: Employee | None) -> Employee:
    """Shut an account for a while: open sessions end at their next request and do not come back with the account.

    Raises NotAboutYourself, OnlyForAdministrators, LastAdministrator.
    """
    return _leave(employee, EmployeeStatus.FROZEN, actor)


@transaction.atomic
def mark_resigned(*, employee: Employee, actor: Employee | None) -> Employee:
    """Shut the account of somebody who left; the person's records stay. Raises as `freeze_employee`."""
    return _leave(employee, EmployeeStatus.RESIGNED, actor)


@transaction.atomic
def unfreeze_employee(*, employee: Employee, actor: Employee | None) -> Employee:
    """Open an account again; the person logs in with the PIN of before. Raises as `check_actor`."""
    check_actor(employee=employee, actor=actor)
    person = _locked(employee)
    person.status = EmployeeStatus.ACTIVE
    person.save(update_fields=["status"])
    return _done("account.unfrozen", person, employee, actor)


@transaction.atomic
def reset_pin(*, employee: Employee, actor: Employee | None) -> str:
    """Give a one-time PIN, which is returned once and stored nowhere; the person has to choose another at login.

    The person's sessions end and the locks on the login are lifted. Raises as `check_actor`.
    """
    check_actor(employee=employee, actor=actor)
    person = _locked(employee)
    pin = random_pin(person.nik)
    person.set_password(pin)
    person.must_change_pin = True
    person.session_series = F("session_series") + 1
    person.save(update_fields=["password", "must_change_pin", "session_series"])
    LoginCounter.objects.filter(employee=person).delete()
    _done("account.pin_reset", person, employee, actor)
    return pin


@transaction.atomic
def unlock_login(*, employee: Employee, actor: Employee | None) -> None:
    """Forget the wrong tries and locks of the person's login, from every address and device."""
    LoginCounter.objects.filter(employee=employee).delete()
    log.info("account.unlocked", employee=employee.pk, actor=actor.pk if actor else None)


def _leave(employee: Employee, status: EmployeeStatus, actor: Employee | None) -> Employee:
    check_actor(employee=employee, actor=actor)
    check_one_stays(without=employee)
    person = _locked(employee)
    person.status = status
    person.session_series = F("session_series") + 1
    person.save(update_fields=["status", "session_series"])
    return _done(f"account.{status}", person, employee, actor)


def _locked(employee: Employee) -> Employee:
    return Employee.objects.select_for_update(of=("self",)).get(pk=employee.pk)


def _done(event: str, person: Employee, employee: Employee, actor: Employee | None) -> Employee:
    """Log who did it, and let the caller's own object say what the row says now."""
    log.info(event, employee=person.pk, actor=actor.pk if actor else None)
    employee.refresh_from_db(fields=["status", "password", "must_change_pin", "session_series"])
    return employee
