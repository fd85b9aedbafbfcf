"""Errors stand beside their field; a wrong entry is never a server error."""

from datetime import date, timedelta

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test import Client
from django.utils import timezone

from organization.choices import EmployeeStatus, Role, ScopeKind
from organization.exceptions import LastAdministrator
from organization.models import Employee, Store
from organization.tests.factories import BranchFactory, EmployeeFactory, RoleGrantFactory, StoreFactory

pytestmark = pytest.mark.django_db

STORE = {
    "code": "00123", "name": "Toko Baru", "latitude": "-6.9", "longitude": "107.6", "geofence_m": 100,
    "visits_a_month": 1, "opened_on": "2026-01-05",
}  # fmt: skip


@pytest.fixture
def person():
    return EmployeeFactory(roles=[Role.ADMINISTRATOR])


@pytest.fixture
def client(person):
    client = Client()
    client.force_login(person)
    return client


def errors_of(response) -> dict:
    assert response.status_code == 200
    return response.context["adminform"].form.errors


def test_a_new_store_belongs_to_its_branch_from_the_day_it_opens(client):
    branch = BranchFactory()

    response = client.post("/admin/organization/store/add/", {**STORE, "branch": branch.pk})

    assert response.status_code == 302
    store = Store.objects.get(code="00123")
    served = store.branch_history.get()
    assert (served.branch, served.days) == (branch, DateRange(date(2026, 1, 5), None))


@pytest.mark.parametrize(
    ("entry", "field"),
    [
        ({"closed_on": "2025-01-01"}, "closed_on"),
        ({"paused_until": "2026-02-01"}, "paused_until"),
        ({"paused_from": "2026-03-01", "paused_until": "2026-02-01"}, "paused_until"),
        ({"geofence_m": 5}, "geofence_m"),
        ({"latitude": "51.5"}, "latitude"),
        ({"latitude": "here"}, "latitude"),
        ({"opened_on": "the first"}, "opened_on"),
        ({"code": "t 1"}, "code"),
        ({"name": ""}, "name"),
        ({"branch": "999999"}, "branch"),
    ],
)
def test_a_stores_error_stands_beside_its_field(client, entry, field):
    data = {**STORE, "branch": BranchFactory().pk, **entry}

    assert field in errors_of(client.post("/admin/organization/store/add/", data))


def test_a_code_is_given_once(client):
    store = StoreFactory()
    data = {**STORE, "code": store.code, "branch": BranchFactory().pk}

    assert "code" in errors_of(client.post("/admin/organization/store/add/", data))


@pytest.mark.parametrize(
    ("entry", "field"),
    [
        ({"nik": "12a45"}, "nik"),
        ({"nik": "1"}, "nik"),
        ({"branch_office": ""}, "store"),
        ({"email": "x"}, "email"),
    ],
)
def test_an_employees_error_stands_beside_its_field(client, entry, field):
    data = {
        "nik": "2026000001",
        "name": "Sari",
        "language": "id",
        "branch_office": BranchFactory().pk,
        **entry,
    }

    assert field in errors_of(client.post("/admin/organization/employee/add/", data))


def test_two_places_of_work_are_refused_beside_the_field(client):
    data = {"nik": "2026000001", "name": "Sari", "language": "id"}
    data |= {"branch_office": BranchFactory().pk, "store": StoreFactory().pk}

    assert "store" in errors_of(client.post("/admin/organization/employee/add/", data))


def test_a_new_employee_has_no_pin_until_one_is_given(client):
    data = {"nik": "2026000001", "name": "Sari", "language": "id", "branch_office": BranchFactory().pk}

    assert client.post("/admin/organization/employee/add/", data).status_code == 302
    sari = Employee.objects.get(nik="2026000001")
    assert not sari.has_usable_password()
    assert sari.status == EmployeeStatus.ACTIVE


def grant_entry(employee, group, **entry) -> dict:
    data = {"employee": employee.pk, "group": group.pk, "scope": ScopeKind.NATIONAL}
    return {**data, "days_from": "2026-01-01", "days_until": "2026-03-31", **entry}


def test_a_role_is_given_from_one_day_until_another_both_included(client):
    someone, group = EmployeeFactory(), RoleGrantFactory().group

    response = client.post("/admin/organization/rolegrant/add/", grant_entry(someone, group))

    assert response.status_code == 302
    assert someone.role_grants.get().days == DateRange(date(2026, 1, 1), date(2026, 4, 1))


@pytest.mark.parametrize(
    ("entry", "field"),
    [
        ({"days_from": ""}, "days"),
        ({"days_from": "", "days_until": ""}, "days"),
        ({"days_from": "2026-05-01"}, "days"),
        ({"days_from": "soon"}, "days"),
        ({"scope": "branch"}, "scope"),
        ({"scope": "galaxy"}, "scope"),
    ],
)
def test_a_grants_error_stands_beside_its_field(client, entry, field):
    data = grant_entry(EmployeeFactory(), RoleGrantFactory().group, **entry)

    assert field in errors_of(client.post("/admin/organization/rolegrant/add/", data))


def test_the_same_role_twice_on_a_day_is_refused_beside_the_days(client):
    held = RoleGrantFactory()

    page = client.post("/admin/organization/rolegrant/add/", grant_entry(held.employee, held.group))

    assert "days" in errors_of(page)


def test_nobody_gives_themselves_a_role(client, person):
    page = client.post("/admin/organization/rolegrant/add/", grant_entry(person, RoleGrantFactory().group))

    assert "employee" in errors_of(page)
    assert person.role_grants.count() == 1


def test_ones_own_role_is_read_only(client, person):
    own = person.role_grants.get()

    assert (
        client.post(
            f"/admin/organization/rolegrant/{own.pk}/change/", {"days_from": "2020-01-01"}
        ).status_code
        == 403
    )


def test_only_administrators_give_roles():
    manager = EmployeeFactory(roles=[Role.MANAGER])
    client = Client()
    client.force_login(manager)

    assert client.get("/admin/organization/rolegrant/add/").status_code == 403


def test_a_role_can_be_ended_and_not_prolonged(client):
    held = RoleGrantFactory(days=DateRange(date(2026, 1, 1), None))
    url = f"/admin/organization/rolegrant/{held.pk}/change/"
    today = timezone.localdate()

    ended = client.post(url, {"days_from": "2026-01-01", "days_until": today.isoformat()})
    held.refresh_from_db()
    prolonged = client.post(url, {"days_from": "2026-01-01", "days_until": ""})
    moved = client.post(url, {"days_from": "2025-01-01", "days_until": "2026-02-01"})

    assert ended.status_code == 302
    assert held.days.upper == today + timedelta(days=1)
    assert "days" in errors_of(prolonged)
    assert "days" in errors_of(moved)


def test_a_refusal_of_the_service_stands_beside_the_days(client, monkeypatch):
    """Another administrator may take the role from the person who acts between the page and the click."""
    held = RoleGrantFactory(role=Role.ADMINISTRATOR)

    def refuse(**kwargs):
        raise LastAdministrator

    monkeypatch.setattr("organization.services.end_role_grant", refuse)
    page = client.post(
        f"/admin/organization/rolegrant/{held.pk}/change/",
        {"days_from": "2020-01-01", "days_until": "2026-02-01"},
    )

    assert "days" in errors_of(page)


@pytest.mark.parametrize("key", ["abc", "999999", "1/change/x"])
@pytest.mark.parametrize("act", ["change", "reset-pin", "freeze", "history"])
def test_an_unknown_key_is_no_server_error(client, key, act):
    assert client.get(f"/admin/organization/employee/{key}/{act}/").status_code in {302, 404}
