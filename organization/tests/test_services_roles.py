from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from organization.choices import Role, ScopeKind
from organization.exceptions import (
    AlreadyGranted,
    LastAdministrator,
    NotAboutYourself,
    OnlyForAdministrators,
)
from organization.models import Employee, RoleGrant
from organization.services import end_role_grant, grant_role
from organization.tests.factories import (
    BranchFactory,
    DivisionFactory,
    EmployeeFactory,
    RoleGrantFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator():
    return EmployeeFactory(roles=[Role.ADMINISTRATOR])


@pytest.fixture
def today():
    return timezone.localdate()


def fresh(person):
    return Employee.objects.get(pk=person.pk)


def test_a_granted_role_holds_from_its_first_to_its_last_day(administrator, today):
    person = EmployeeFactory()
    grant_role(employee=person, role=Role.AUDITOR, from_on=today, until_on=today, actor=administrator)
    assert fresh(person).role_names == {Role.AUDITOR}

    later = EmployeeFactory()
    tomorrow = today + timedelta(days=1)
    grant_role(employee=later, role=Role.AUDITOR, from_on=tomorrow, actor=administrator)
    assert fresh(later).role_names == set()


def test_the_place_says_the_scope(administrator, today):
    person, branch, division = EmployeeFactory(), BranchFactory(), DivisionFactory()
    common = {"employee": person, "role": Role.SUPERVISOR, "from_on": today, "actor": administrator}
    assert grant_role(**common).scope == ScopeKind.NATIONAL
    assert grant_role(**common, branch=branch).scope == ScopeKind.BRANCH
    assert grant_role(**common, division=division).scope == ScopeKind.DIVISION
    with pytest.raises(ValidationError):
        grant_role(**common, division=division, branch=branch)


def test_the_same_role_twice_on_a_day_is_refused(administrator, today):
    person = EmployeeFactory()
    grant_role(employee=person, role=Role.AUDITOR, from_on=today, actor=administrator)
    with pytest.raises(AlreadyGranted):
        grant_role(employee=person, role=Role.AUDITOR, from_on=today + timedelta(days=9), actor=administrator)
    assert RoleGrant.objects.filter(employee=person).count() == 1


def test_only_administrators_give_and_end_roles(administrator, today):
    manager = EmployeeFactory(roles=[Role.MANAGER])
    with pytest.raises(OnlyForAdministrators):
        grant_role(employee=manager, role=Role.ADMINISTRATOR, from_on=today, actor=manager)
    with pytest.raises(OnlyForAdministrators):
        end_role_grant(grant=administrator.role_grants.get(), last_on=today, actor=manager)


def test_an_ended_role_is_gone_the_day_after(administrator, today):
    person = EmployeeFactory(roles=[Role.AUDITOR])
    grant = person.role_grants.get()
    end_role_grant(grant=grant, last_on=today, actor=administrator)
    assert fresh(person).role_names == {Role.AUDITOR}
    end_role_grant(grant=grant, last_on=today - timedelta(days=1), actor=administrator)
    assert fresh(person).role_names == set()


def test_a_grant_that_had_not_begun_is_taken_away(administrator, today):
    person = EmployeeFactory()
    later = today + timedelta(days=30)
    grant = grant_role(employee=person, role=Role.AUDITOR, from_on=later, actor=administrator)
    assert end_role_grant(grant=grant, last_on=today, actor=administrator) is None
    assert not person.role_grants.exists()


def test_ending_never_makes_a_grant_longer(administrator, today):
    person = EmployeeFactory()
    grant = grant_role(employee=person, role=Role.AUDITOR, from_on=today, until_on=today, actor=administrator)
    end_role_grant(grant=grant, last_on=today + timedelta(days=300), actor=administrator)
    grant.refresh_from_db()
    assert grant.days.upper == today + timedelta(days=1)


def test_the_last_administrator_keeps_the_role(administrator, today):
    with pytest.raises(LastAdministrator):
        end_role_grant(grant=administrator.role_grants.get(), last_on=today, actor=administrator)


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.AUDITOR])
def test_who_keeps_accounts_or_checks_them_does_so_for_the_whole_chain(role):
    person, branch = EmployeeFactory(), BranchFactory()
    with pytest.raises(ValidationError) as refused:
        grant_role(employee=person, role=role, from_on=timezone.localdate(), branch=branch, actor=None)
    assert set(refused.value.message_dict) == {"scope"}


PPOB = [Role.PPOB_ADMINISTRATOR, Role.PPOB_STAFF, Role.ACCOUNTANT]


@pytest.mark.parametrize("role", PPOB)
def test_a_ppob_administrator_lets_others_into_the_back_office(role, today):
    person, boss = EmployeeFactory(), EmployeeFactory(roles=[Role.PPOB_ADMINISTRATOR])
    grant = grant_role(employee=person, role=role, from_on=today, actor=boss)
    assert fresh(person).role_names == {role}
    end_role_grant(grant=grant, last_on=today - timedelta(days=1), actor=boss)
    assert fresh(person).role_names == set()


@pytest.mark.parametrize("role", [role for role in Role if role not in PPOB])
def test_a_ppob_administrator_gives_and_ends_no_other_role(role, today):
    holder, boss = EmployeeFactory(roles=[role]), EmployeeFactory(roles=[Role.PPOB_ADMINISTRATOR])
    with pytest.raises(OnlyForAdministrators):
        grant_role(employee=EmployeeFactory(), role=role, from_on=today, actor=boss)
    with pytest.raises(OnlyForAdministrators):
        end_role_grant(grant=holder.role_grants.get(), last_on=today, actor=boss)


def test_a_ppob_administrator_gives_nationally_or_not_at_all(today):
    """What somebody holds for one branch does not open the whole country, nor does a place narrow what has none."""
    branch, narrow = BranchFactory(), EmployeeFactory()
    RoleGrantFactory(employee=narrow, role=Role.PPOB_ADMINISTRATOR, branch=branch)
    boss = EmployeeFactory(roles=[Role.PPOB_ADMINISTRATOR])
    common = {"employee": EmployeeFactory(), "role": Role.PPOB_STAFF, "from_on": today}
    with pytest.raises(OnlyForAdministrators):
        grant_role(**common, actor=narrow)
    with pytest.raises(OnlyForAdministrators):
        grant_role(**common, branch=branch, actor=boss)


def test_a_ppob_administrator_changes_nothing_of_their_own(today):
    boss = EmployeeFactory(roles=[Role.PPOB_ADMINISTRATOR])
    with pytest.raises(NotAboutYourself):
        grant_role(employee=boss, role=Role.ACCOUNTANT, from_on=today, actor=boss)
    with pytest.raises(NotAboutYourself):
        end_role_grant(grant=boss.role_grants.get(), last_on=today, actor=boss)


@pytest.mark.parametrize("role", [Role.PPOB_STAFF, Role.ACCOUNTANT, Role.MANAGER])
def test_nobody_else_lets_people_into_the_back_office(role, today):
    with pytest.raises(OnlyForAdministrators):
        grant_role(
            employee=EmployeeFactory(),
            role=Role.PPOB_STAFF,
            from_on=today,
            actor=EmployeeFactory(roles=[role]),
        )
