"""What no browser sends and somebody does: the form comes back with its error, never a 500."""

import pytest
from django.urls import reverse

from organization.choices import Role
from organization.tests.factories import EmployeeFactory

pytestmark = pytest.mark.django_db

ADD = {
    "store": ("branch",),
    "employee": ("division", "department", "store", "branch_office"),
    "rolegrant": ("employee", "branch", "division", "delegate_of"),
    "department": ("division", "pics"),
}


@pytest.fixture
def administrator(client):
    person = EmployeeFactory(roles=[Role.ADMINISTRATOR])
    client.force_login(person)
    return person


@pytest.mark.parametrize("value", ["abc", "\x00", "9" * 30, "-1", "1e5", "1.5"])
@pytest.mark.parametrize(
    ("model", "field"), [(model, field) for model, fields in ADD.items() for field in fields]
)
def test_a_key_that_is_none_is_an_error_beside_its_field(client, administrator, model, field, value):
    answer = client.post(reverse(f"admin:organization_{model}_add"), {field: value})
    assert answer.status_code == 200
    assert field in answer.context["adminform"].form.errors


@pytest.mark.parametrize(
    ("first", "last"), [("2026-01-01", "9999-12-31"), ("9999-12-31", ""), ("0001-01-01", "")]
)
def test_a_role_for_ever_has_no_last_day_and_no_far_one(client, administrator, first, last):
    answer = client.post(
        reverse("admin:organization_rolegrant_add"),
        {"days_from": first, "days_until": last, "scope": "national"},
    )
    assert answer.status_code == 200
    assert "days" in answer.context["adminform"].form.errors


@pytest.mark.parametrize(
    "query", ["until=9999-12-31", "since=0001-01-01", "since=9999-12-31&until=0001-01-01"]
)
def test_the_trail_can_be_asked_about_days_beyond_it(client, administrator, query):
    assert client.get(f"{reverse('audit:list')}?{query}").status_code == 200
