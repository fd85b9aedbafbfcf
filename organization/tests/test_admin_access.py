"""The admin's one door, and how far each role sees and changes behind it."""

import pytest
from django.test import Client
from django.urls import reverse

from organization.choices import Role
from organization.tests.factories import BranchFactory, EmployeeFactory, RoleGrantFactory, StoreFactory

pytestmark = pytest.mark.django_db

LISTS = [
    "organization_branch", "organization_store", "organization_division", "organization_department",
    "organization_employee", "organization_rolegrant", "auth_group",
]  # fmt: skip


def client_of(employee) -> Client:
    client = Client()
    client.force_login(employee)
    return client


@pytest.fixture
def branches():
    return BranchFactory.create_batch(2)


@pytest.fixture
def manager(branches):
    """A manager of the first branch alone."""
    person = EmployeeFactory(branch_office=branches[0])
    RoleGrantFactory(employee=person, role=Role.MANAGER, branch=branches[0])
    return client_of(person)


@pytest.fixture
def administrator():
    return client_of(EmployeeFactory(roles=[Role.ADMINISTRATOR]))


def test_a_stranger_is_sent_to_the_portals_login_and_comes_back():
    response = Client().get("/admin/organization/store/", follow=True)

    assert response.redirect_chain[-1][0] == reverse("login:nik") + "?next=%2Fadmin%2Forganization%2Fstore%2F"


def test_the_login_does_not_lead_outside():
    response = Client().get("/admin/login/?next=https://elsewhere.example/")

    assert response.url == reverse("login:nik") + "?next=%2Fadmin%2F"


def test_a_role_without_admin_goes_home():
    response = client_of(EmployeeFactory(roles=[Role.STORE_SUPPORT])).get("/admin/", follow=True)

    assert response.redirect_chain[-1][0] == reverse("home")


def test_the_pin_is_changed_in_the_portal(administrator):
    assert administrator.get("/admin/password_change/").url == reverse("login:new-pin")


def test_only_the_admin_loosens_the_content_policy(administrator):
    inside = administrator.get("/admin/")["Content-Security-Policy"]
    outside = administrator.get(reverse("login:nik"), follow=True)["Content-Security-Policy"]

    assert "'unsafe-eval'" in inside
    assert "style-src-attr 'unsafe-inline'" in inside
    assert "unsafe" not in outside


@pytest.mark.parametrize("name", LISTS)
def test_an_administrator_opens_every_list(administrator, name):
    assert administrator.get(reverse(f"admin:{name}_changelist")).status_code == 200


@pytest.mark.parametrize("name", LISTS)
def test_an_auditor_reads_and_adds_nothing(name):
    auditor = client_of(EmployeeFactory(roles=[Role.AUDITOR]))

    assert auditor.get(reverse(f"admin:{name}_changelist")).status_code == 200
    assert auditor.get(reverse(f"admin:{name}_add")).status_code == 403


def test_a_manager_sees_only_the_stores_of_the_branch(manager, branches):
    own, other = StoreFactory(branch=branches[0]), StoreFactory(branch=branches[1])

    page = manager.get("/admin/organization/store/").content.decode()

    assert own.code in page
    assert other.code not in page
    assert manager.get(f"/admin/organization/store/{other.pk}/change/").status_code == 302


def test_a_manager_sees_only_the_people_of_the_branch(manager, branches):
    own = EmployeeFactory(branch_office=None, store=StoreFactory(branch=branches[0]))
    other = EmployeeFactory(branch_office=branches[1])

    page = manager.get("/admin/organization/employee/").content.decode()

    assert own.nik in page
    assert other.nik not in page


def test_a_manager_cannot_put_a_person_into_a_foreign_branch(manager, branches):
    person = EmployeeFactory(branch_office=branches[0])
    form = {"name": person.name, "language": "id", "branch_office": branches[1].pk, "store": ""}

    page = manager.post(
        f"/admin/organization/employee/{person.pk}/change/",
        {**form, "role_grants-TOTAL_FORMS": 0, "role_grants-INITIAL_FORMS": 0},
    )

    person.refresh_from_db()
    assert page.status_code == 200
    assert person.branch_office == branches[0]


def test_who_serves_a_division_reads_every_store_and_changes_none(branches):
    person = EmployeeFactory(branch_office=branches[0])
    grant = RoleGrantFactory(employee=person, role=Role.MANAGER, branch=branches[0])
    RoleGrantFactory(employee=person, role=Role.AUDITOR)
    store = StoreFactory(branch=branches[1])
    url = f"/admin/organization/store/{store.pk}/change/"

    page = client_of(person).get(url)
    refused = client_of(person).post(url, {"name": "Another name"})

    assert grant.branch == branches[0]
    assert page.status_code == 200
    assert not page.context["has_change_permission"]
    assert refused.status_code == 403


@pytest.mark.parametrize("name", LISTS)
def test_nothing_is_deleted(administrator, name):
    model_admin = administrator.get(reverse(f"admin:{name}_changelist")).context["cl"].model_admin

    assert model_admin.has_delete_permission(administrator.request().wsgi_request) is False
