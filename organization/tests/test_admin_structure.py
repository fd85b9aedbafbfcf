"""Divisions and departments are the whole chain's: a manager of one branch reads them, a national one keeps them."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from core.imports.services import begin_import
from organization.choices import Role
from organization.imports import DivisionImport
from organization.models import Division
from organization.tests.factories import BranchFactory, DivisionFactory, EmployeeFactory, RoleGrantFactory
from organization.tests.tables import text

pytestmark = pytest.mark.django_db


def client_of(person):
    client = Client()
    client.force_login(person)
    return client


@pytest.fixture
def national():
    return EmployeeFactory(roles=[Role.MANAGER], language="en")


@pytest.fixture
def local():
    branch = BranchFactory()
    person = EmployeeFactory(branch_office=branch, language="en")
    RoleGrantFactory(employee=person, role=Role.MANAGER, branch=branch)
    return person


ADDRESSES = (
    "admin:organization_division_add",
    "admin:organization_department_add",
    "admin:organization_division_import_table",
    "admin:organization_department_import_template",
)


def test_a_national_manager_adds_and_renames_them(national):
    client, division = client_of(national), DivisionFactory(code="IT")
    for address in ADDRESSES:
        assert client.get(reverse(address)).status_code == 200

    change = reverse("admin:organization_division_change", args=[division.pk])
    client.post(change, {"code": "IT", "name": "Teknologi Informasi"})
    client.post(reverse("admin:organization_division_add"), {"code": "GA", "name": "Umum"})

    division.refresh_from_db()
    assert division.name == "Teknologi Informasi"
    assert Division.objects.filter(code="GA").exists()


def test_a_manager_of_one_branch_reads_them_only(local, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    client, division = client_of(local), DivisionFactory(name="Lama")
    change = reverse("admin:organization_division_change", args=[division.pk])

    assert client.get(reverse("admin:organization_division_changelist")).status_code == 200
    assert client.get(change).status_code == 200
    assert client.post(change, {"code": division.code, "name": "Baru"}).status_code == 403
    for address in ADDRESSES:
        assert client.get(reverse(address)).status_code == 403
    # Past the button each row is refused by itself.
    with translation.override("en"):
        run = begin_import(kind=DivisionImport, file=text("code;name\nX1;Satu\n"), actor=local)
    assert "outside your scope" in run.errors[0]["reason"]
    division.refresh_from_db()
    assert division.name == "Lama"
