from datetime import date, timedelta
from typing import Any

from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange, errors
from django.utils.translation import gettext as _

from core import audit
from core.events import announce
from organization.choices import Role, ScopeKind
from organization.events import RoleEnded, RoleGranted
from organization.exceptions import AlreadyGranted
from organization.models import Branch, Division, Employee, RoleGrant
from organization.services.administrators import check_may_give, check_one_stays


@transaction.atomic
def grant_role(
    *,
    employee: Employee,
    role: Role,
    from_on: date,
    actor: Employee | None,
    until_on: date | None = None,
    branch: Branch | None = None,
    division: Division | None = None,
    delegate_of: Employee | None = None,
) -> RoleGrant:
    """Let the person hold the role from the first to the last day, both included; without a place nationally.

    Raises OnlyForAdministrators, NotAboutYourself, and AlreadyGranted where the days overlap.
    """
    check_may_give(role, to=employee, within=_scope(branch, division), actor=actor)
    grant = RoleGrant(
        employee=employee,
        group=Group.objects.get(name=role),
        scope=_scope(branch, division),
        branch=branch,
        division=division,
        days=DateRange(from_on, until_on + timedelta(days=1) if until_on else None),
        delegate_of=delegate_of,
    )
    # The database is the judge of an overlap, for it sees rivals; all else is refused here, in words.
    grant.clean_fields()
    grant.clean()
    if branch and division:
        raise ValidationError(_("Name the branch or division that the scope speaks of, and nothing else."))
    try:
        with transaction.atomic():
            grant.save()
    except IntegrityError as error:
        if isinstance(error.__cause__, errors.ExclusionViolation):
            raise AlreadyGranted from error
        raise
    audit.record(actor, "role.granted", employee, _facts(grant))
    announce(RoleGranted(employee_id=employee.pk, role=grant.group.name))
    return grant


@transaction.atomic
def end_role_grant(*, grant: RoleGrant, last_on: date, actor: Employee | None) -> RoleGrant | None:
    """Let the grant end with that day; one that had not begun is taken away, and None returned.

    A grant that ended earlier stays as it was. Raises OnlyForAdministrators, NotAboutYourself, LastAdministrator.
    """
    grant = (
        RoleGrant.objects.select_for_update(of=("self",)).select_related("group", "employee").get(pk=grant.pk)
    )
    check_may_give(grant.group.name, to=grant.employee, within=grant.scope, actor=actor)
    if grant.group.name == Role.ADMINISTRATOR:
        check_one_stays(without=grant.employee)
    end = last_on + timedelta(days=1)
    if end <= grant.days.lower:
        audit.record(actor, "role.taken_back", grant.employee, _facts(grant, gone=True))
        announce(RoleEnded(employee_id=grant.employee_id, role=grant.group.name, last_on=last_on))
        grant.delete()
        return None
    if grant.days.upper is None or end < grant.days.upper:
        days = DateRange(grant.days.lower, end)
        changes = {"role": (grant.group.name, grant.group.name), **audit.changed(grant, days=days)}
        grant.days = days
        grant.save(update_fields=["days"])
        audit.record(actor, "role.ended", grant.employee, changes)
        announce(RoleEnded(employee_id=grant.employee_id, role=grant.group.name, last_on=last_on))
    return grant


def _scope(branch: Branch | None, division: Division | None) -> ScopeKind:
    if branch:
        return ScopeKind.BRANCH
    return ScopeKind.DIVISION if division else ScopeKind.NATIONAL


def _facts(grant: RoleGrant, *, gone: bool = False) -> dict[str, tuple[Any, Any]]:
    """The grant, told of the person who holds it: an auditor asks about people, not about rows."""
    facts = {
        "role": grant.group.name,
        "scope": grant.branch or grant.division or grant.scope,
        "days": grant.days,
        "delegate_of": grant.delegate_of,
    }
    return {
        name: (value, None) if gone else (None, value) for name, value in facts.items() if value is not None
    }
