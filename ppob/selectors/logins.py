from datetime import date

from django.db.models import Q, QuerySet

from organization.choices import PPOB_ROLES, EmployeeStatus
from organization.models import Employee
from ppob.access import reaches
from ppob.choices import LoginState
from ppob.models import Login


def logins_visible_to(viewer: Employee) -> QuerySet[Login]:
    """Every PPOB role that somebody holds, held or will hold; not those of other systems."""
    logins = Login.objects.filter(group__name__in=PPOB_ROLES).select_related(
        "employee__store__branch", "employee__branch_office", "group"
    )
    return logins if reaches(viewer, "ppob.view_login") else logins.none()


def logins_in_state(logins: QuerySet[Login], state: LoginState, day: date) -> QuerySet[Login]:
    in_force = Q(days__contains=day)
    active = Q(employee__status=EmployeeStatus.ACTIVE)
    return logins.filter(
        {
            LoginState.OPEN: in_force & active,
            LoginState.SHUT: in_force & ~active,
            LoginState.COMING: Q(days__startswith__gt=day),
            LoginState.ENDED: Q(days__fully_lt=(day, None)),
        }[state]
    )


def state_of(login: Login, day: date) -> LoginState:
    """What one login is on a day, from the row at hand."""
    if login.days.lower > day:
        return LoginState.COMING
    if day not in login.days:
        return LoginState.ENDED
    return LoginState.OPEN if login.employee.is_active else LoginState.SHUT


def person_by_nik(nik: str) -> Employee | None:
    return Employee.objects.select_related("store__branch", "branch_office").filter(nik=nik).first()
