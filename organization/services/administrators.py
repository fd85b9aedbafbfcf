"""Rules about administrators: they are acted upon by their own kind only, one of them always stays; and who gives roles."""

from django.contrib.auth.models import Group
from django.utils import timezone

from organization.choices import GIVEN_BY, EmployeeStatus, Role, ScopeKind
from organization.exceptions import LastAdministrator, NotAboutYourself, OnlyForAdministrators
from organization.models import Employee, RoleGrant


def check_actor(*, employee: Employee, actor: Employee | None) -> None:
    """Refuse acts on oneself, and on an administrator by anybody else: a reset PIN is a way into the account.

    `actor` is None for a command of the operator. Raises NotAboutYourself, OnlyForAdministrators.
    """
    if actor is None:
        return
    if actor.pk == employee.pk:
        raise NotAboutYourself
    if Role.ADMINISTRATOR in employee.role_names and Role.ADMINISTRATOR not in actor.role_names:
        raise OnlyForAdministrators


def check_may_give(role: str, *, to: Employee, within: str, actor: Employee | None) -> None:
    """Refuse to give or end a role by somebody to whom it does not fall: administrators give every role.

    Who else gives some roles (`choices.GIVEN_BY`) gives them to others, and holds their own for the whole country, for
    what they give reaches as far. `actor` is None for a command of the operator. Raises OnlyForAdministrators,
    NotAboutYourself.
    """
    if actor is None or Role.ADMINISTRATOR in actor.role_names:
        return
    held = {grant.group.name for grant in actor.grants if grant.scope == ScopeKind.NATIONAL}
    if within != ScopeKind.NATIONAL or not any(role in GIVEN_BY.get(one, ()) for one in held):
        raise OnlyForAdministrators
    if actor.pk == to.pk:
        raise NotAboutYourself


def check_one_stays(*, without: Employee) -> None:
    """Refuse to take the last active administrator away. Holds the role's group locked until the transaction ends.

    Two who each take away the other queue on that lock. Raises LastAdministrator.
    """
    group = Group.objects.select_for_update().get(name=Role.ADMINISTRATOR)
    today = timezone.localdate()
    in_force = RoleGrant.objects.filter(
        group=group, days__contains=today, employee__status=EmployeeStatus.ACTIVE
    )
    if in_force.filter(employee=without).exists() and not in_force.exclude(employee=without).exists():
        raise LastAdministrator
