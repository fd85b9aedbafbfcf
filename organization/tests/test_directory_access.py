"""Who sees which store and which person: the same matrix for list and detail."""

from datetime import date

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange
from django.urls import reverse

from organization.choices import EmployeeStatus, Role
from organization.scopes import Scope, scope_of
from organization.tests.factories import (
    BranchFactory,
    DivisionFactory,
    EmployeeFactory,
    RoleGrantFactory,
    StoreFactory,
)

pytestmark = pytest.mark.django_db
LISTS = ["organization:store-list", "organization:employee-list"]
PAGES = [*LISTS, "home", "search"]


def coordinator_of(branch):
    employee = EmployeeFactory(branch_office=branch)
    RoleGrantFactory(employee=employee, role=Role.COORDINATOR, branch=branch)
    return employee


@pytest.mark.parametrize("name", PAGES)
def test_a_stranger_is_sent_to_the_login_and_back(client, name):
    response = client.get(reverse(name))

    assert response.status_code == 302
    assert response.url == f"/login/?next={reverse(name)}"


@pytest.mark.parametrize("name", LISTS)
def test_who_holds_no_role_is_refused(client, name):
    client.force_login(EmployeeFactory())

    assert client.get(reverse(name)).status_code == 403


def test_a_coordinator_sees_the_own_branch_and_nothing_else(client):
    own, other = StoreFactory(), StoreFactory()
    client.force_login(coordinator_of(own.branch))

    page = client.get(reverse("organization:store-list")).content.decode()

    assert own.code in page
    assert other.code not in page
    assert client.get(reverse("organization:store-detail", args=[own.pk])).status_code == 200
    assert client.get(reverse("organization:store-detail", args=[other.pk])).status_code == 404


def test_a_coordinator_sees_the_people_of_the_branch_and_its_stores(client):
    store = StoreFactory()
    in_store = EmployeeFactory(store=store, branch_office=None)
    in_office, stranger = EmployeeFactory(branch_office=store.branch), EmployeeFactory()
    client.force_login(coordinator_of(store.branch))

    page = client.get(reverse("organization:employee-list")).content.decode()

    assert in_store.nik in page
    assert in_office.nik in page
    assert stranger.nik not in page
    assert client.get(reverse("organization:employee-detail", args=[stranger.pk])).status_code == 404


def test_a_supervisor_sees_the_people_of_the_division_wherever_they_work(client):
    division = DivisionFactory()
    colleague, stranger = EmployeeFactory(division=division), EmployeeFactory(division=DivisionFactory())
    supervisor = EmployeeFactory()
    RoleGrantFactory(employee=supervisor, role=Role.SUPERVISOR, division=division)
    client.force_login(supervisor)

    page = client.get(reverse("organization:employee-list")).content.decode()

    assert colleague.nik in page
    assert stranger.nik not in page


def test_a_grant_that_ended_yesterday_opens_nothing(client):
    employee = EmployeeFactory()
    RoleGrantFactory(employee=employee, role=Role.MANAGER, days=DateRange(date(2020, 1, 1), date(2024, 1, 1)))
    client.force_login(employee)

    assert client.get(reverse("organization:store-list")).status_code == 403


def test_a_permission_reaches_as_far_as_the_role_that_carries_it():
    """Who manages one branch and watches machines nationally may not look at every branch's people."""
    branch = BranchFactory()
    employee = EmployeeFactory(roles=[Role.MONITORING_ADMIN])
    RoleGrantFactory(employee=employee, role=Role.COORDINATOR, branch=branch)

    assert scope_of(employee, "organization.view_branch").national
    assert scope_of(employee, "organization.view_employee") == Scope(branch_ids=frozenset({branch.pk}))
    assert not scope_of(employee, "organization.change_employee")


def test_a_frozen_person_has_no_scope():
    employee = EmployeeFactory(roles=[Role.ADMINISTRATOR], status=EmployeeStatus.FROZEN)

    assert not scope_of(employee, "organization.view_store")


@pytest.mark.parametrize("pk", [0, 2**31, 2**63 - 1, 2**63, 10**40])
def test_an_address_of_nothing_is_not_found(client, pk):
    client.force_login(EmployeeFactory(roles=[Role.AUDITOR]))

    assert client.get(f"/directory/stores/{pk}/").status_code == 404
    assert client.get(f"/directory/employees/{pk}/").status_code == 404


def test_the_quick_search_stays_within_the_scope(client):
    own, other = StoreFactory(name="Toko Melati Satu"), StoreFactory(name="Toko Melati Dua")
    client.force_login(coordinator_of(own.branch))

    page = client.get(reverse("search"), {"q": "melati"}).content.decode()

    assert own.code in page
    assert other.code not in page


def test_a_phone_number_is_masked_for_whoever_may_not_change_people(client):
    branch = BranchFactory()
    person = EmployeeFactory(branch_office=branch, phone="081234567890")
    url = reverse("organization:employee-detail", args=[person.pk])

    client.force_login(coordinator_of(branch))
    assert "081234567890" not in client.get(url).content.decode()

    client.force_login(EmployeeFactory(roles=[Role.ADMINISTRATOR]))
    assert "081234567890" in client.get(url).content.decode()
