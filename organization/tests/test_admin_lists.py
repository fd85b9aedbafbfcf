"""What a list costs: the same at 2 and at 20 rows, and a search that uses its index."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.modeladmin import EstimatingPaginator
from organization.choices import BranchKind, Role
from organization.models import Employee, Store
from organization.tests.factories import (
    BranchFactory,
    DepartmentFactory,
    DivisionFactory,
    EmployeeFactory,
    RoleGrantFactory,
    StoreFactory,
)

pytestmark = pytest.mark.django_db

CEILING = 12
LISTS = {
    "/admin/organization/branch/": BranchFactory,
    "/admin/organization/store/": StoreFactory,
    "/admin/organization/division/": DivisionFactory,
    "/admin/organization/department/": DepartmentFactory,
    "/admin/organization/employee/": lambda: EmployeeFactory(in_store=True, division=DivisionFactory()),
    "/admin/organization/rolegrant/": lambda: RoleGrantFactory(branch=BranchFactory()),
}


@pytest.fixture
def client():
    client = Client()
    client.force_login(EmployeeFactory(roles=[Role.ADMINISTRATOR]))
    return client


def queries(client, url: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


@pytest.mark.parametrize(("url", "make"), LISTS.items())
def test_a_list_costs_the_same_at_2_and_at_20_rows(client, url, make):
    for _ in range(2):
        make()
    client.get(url)
    at_2 = queries(client, url)
    for _ in range(18):
        make()
    at_20 = queries(client, url)

    assert at_20 == at_2
    assert at_20 <= CEILING


@pytest.mark.parametrize(
    ("model", "url", "index"),
    [
        (Store, "/admin/organization/store/?q=kemang", "store_search"),
        (Employee, "/admin/organization/employee/?q=kemang", "employee_search"),
    ],
)
def test_a_search_uses_its_index(client, model, url, index):
    changelist = client.get(url).context["cl"]
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = off")

    plan = changelist.queryset.order_by().explain()

    assert index in plan


def test_a_large_table_is_estimated_and_a_filtered_one_counted(monkeypatch):
    StoreFactory.create_batch(3)
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE relname = 'organization_store'")
        guess = int(cursor.fetchone()[0])
    monkeypatch.setattr("core.modeladmin.COUNTED_ROWS", guess - 1)
    everything, some = (
        Store.objects.order_by("pk"),
        Store.objects.filter(name__contains="Toko").order_by("pk"),
    )

    assert EstimatingPaginator(everything, 50).count == guess
    assert EstimatingPaginator(some, 50).count == 3


def test_kinds_and_states_are_said_in_words(client):
    """Unfold shows the code of every value that has no colour."""
    BranchFactory(kind=BranchKind.DISTRIBUTION_CENTRE)
    StoreFactory(opened_on=timezone.localdate() + timedelta(days=30))

    branches, stores = (client.get(f"/admin/organization/{kind}/") for kind in ("branch", "store"))

    assert re.search(r"<span[^>]*>\s*Pusat Distribusi\s*</span>", branches.content.decode())
    assert re.search(r"<span[^>]*>\s*Segera Buka\s*</span>", stores.content.decode())


def test_a_moment_has_its_zone(client):
    person = EmployeeFactory(last_login=datetime(2026, 8, 29, 1, 45, tzinfo=UTC))

    page = client.get(f"/admin/organization/employee/{person.pk}/change/").content.decode()

    assert "29 Agu 2026 08.45 WIB" in page


def test_the_pin_hash_is_nowhere_on_the_form(client):
    person = EmployeeFactory(pin="482913")

    page = client.get(f"/admin/organization/employee/{person.pk}/change/").content.decode()

    assert person.password not in page
    assert "argon2" not in page
