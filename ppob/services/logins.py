"""The back office's own accounts. A login is a role of organization's, given and ended by its services and told there."""

from datetime import date, timedelta

from django.db import transaction

from organization import services as organization
from organization.choices import PPOB_ROLES, Role
from organization.models import Employee, RoleGrant
from organization.selectors import today_of
from ppob.exceptions import AccountShut, LoginEnded, NoLoginRole

DAY = timedelta(days=1)


@transaction.atomic
def add_login(
    *, employee: Employee, role: Role, from_on: date, actor: Employee, until_on: date | None = None
) -> RoleGrant:
    """Let the employee into the back office from the first to the last day, both included.

    Raises NoLoginRole, AccountShut, and organization's NotAboutYourself, OnlyForAdministrators, AlreadyGranted.
    """
    if role not in PPOB_ROLES:
        raise NoLoginRole
    if not employee.is_active:
        raise AccountShut
    return organization.grant_role(
        employee=employee, role=role, from_on=from_on, until_on=until_on, actor=actor
    )


@transaction.atomic
def change_login(*, login: RoleGrant, role: Role, until_on: date | None, actor: Employee) -> RoleGrant | None:
    """Let the login have another role or another last day; None where both stood there already.

    Days that have passed keep the role that was held on them: only an earlier end changes a grant, and everything else
    ends it yesterday and gives a new one from today on. Raises as `add_login`, and LoginEnded.
    """
    grant = _locked(login)
    today = today_of(actor)
    last_on = grant.days.upper - DAY if grant.days.upper else None
    if last_on is not None and last_on < today:
        raise LoginEnded
    same_role = role == grant.group.name
    if same_role and until_on == last_on:
        return None
    if same_role and until_on is not None and (last_on is None or until_on < last_on):
        return organization.end_role_grant(grant=grant, last_on=until_on, actor=actor) or grant
    from_on = max(today, grant.days.lower)
    organization.end_role_grant(grant=grant, last_on=from_on - DAY, actor=actor)
    return add_login(employee=grant.employee, role=role, from_on=from_on, until_on=until_on, actor=actor)


@transaction.atomic
def end_login(*, login: RoleGrant, actor: Employee) -> None:
    """Shut the back office to its holder at once. Raises LoginEnded, NoLoginRole, and as `end_role_grant`."""
    grant = _locked(login)
    today = today_of(actor)
    if grant.days.upper is not None and grant.days.upper <= today:
        raise LoginEnded
    organization.end_role_grant(grant=grant, last_on=today - DAY, actor=actor)


def _locked(login: RoleGrant) -> RoleGrant:
    """The grant as it stands; two who change it queue here. Raises NoLoginRole, LoginEnded where it is gone."""
    found = RoleGrant.objects.select_for_update(of=("self",)).select_related("group", "employee")
    grant = found.filter(pk=login.pk).first()
    if grant is None:
        raise LoginEnded
    if grant.group.name not in PPOB_ROLES:
        raise NoLoginRole
    return grant
