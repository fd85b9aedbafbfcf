"""Branches, divisions, departments and people as tables: the same way as stores, each with its own rules."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from core.models import AuditEntry
from core.models.imports import ImportState
from organization.choices import Role
from organization.models import Branch, Department, Division, Employee
from organization.tests.factories import BranchFactory, EmployeeFactory, RoleGrantFactory, StoreFactory
from organization.tests.tables import confirm, previewed, reasons, text, workbook

pytestmark = pytest.mark.django_db
MODELS = ["branch", "division", "department", "employee"]


@pytest.fixture(autouse=True)
def _own_media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def client_of(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


@pytest.fixture
def branch():
    return BranchFactory(code="G001")


@pytest.fixture
def administrator(branch):
    return EmployeeFactory(roles=[Role.ADMINISTRATOR], language="en", branch_office=branch)


@pytest.fixture
def admin(administrator):
    return client_of(administrator)


@pytest.fixture
def division():
    return Division.objects.create(code="IT", name="Teknologi Informasi", is_it=True)


@pytest.fixture
def department(division):
    return Department.objects.create(code="ITSUP", name="Dukungan TI", division=division)


@pytest.mark.parametrize("model", MODELS)
def test_the_template_is_taken_as_it_is_and_holds_no_rows(admin, model, department):
    file = admin.get(reverse(f"admin:organization_{model}_import_template"))
    assert previewed(admin, SimpleUploadedFile("t.xlsx", file.content), model).counts["rows"] == 0


@pytest.mark.parametrize("model", MODELS)
def test_todays_data_imported_as_it_is_changes_nothing(admin, model, department, branch):
    EmployeeFactory.create_batch(
        2,
        store=StoreFactory(branch=branch),
        branch_office=None,
        phone="0812",
        name="=1+1",
        division=department.division,
    )
    file = admin.get(reverse(f"admin:organization_{model}_import_current"))

    run = previewed(admin, SimpleUploadedFile("data.xlsx", file.content), model)

    assert run.counts["rows"] > 0
    assert (run.counts["added"], run.counts["changed"], run.counts["errors"]) == (0, 0, 0)
    assert run.counts["unchanged"] == run.counts["rows"]


@pytest.mark.parametrize("model", MODELS)
def test_a_coordinator_may_not_import(model):
    client = client_of(EmployeeFactory(roles=[Role.COORDINATOR]))
    assert client.get(reverse(f"admin:organization_{model}_import_table")).status_code in {302, 403}
    assert client.post(reverse(f"admin:organization_{model}_import_table"), {}).status_code in {302, 403}


def test_branches_come_with_zone_and_place(admin):
    table = text(
        "code;name;kind;city;province;time_zone;latitude;longitude;is_active\n"
        "1E05;DC Manado;dc;Manado;Sulawesi Utara;WITA;1.4748;124.8421;Ya\n"
    )
    confirm(admin, previewed(admin, table, "branch"), "branch")

    branch = Branch.objects.get(code="1E05")
    assert (branch.time_zone, branch.city, branch.is_active) == ("Asia/Makassar", "Manado", True)
    assert AuditEntry.objects.filter(act="object.added", object_uuid=branch.uuid).exists()


@pytest.mark.parametrize(
    ("column", "value"),
    [("time_zone", "GMT"), ("latitude", "91"), ("longitude", "12"), ("is_active", "mungkin"), ("code", "")],
)
def test_a_branch_that_cannot_be_is_refused_with_its_line(admin, column, value):
    row = {
        "code": "G9", "name": "DC", "kind": "dc", "city": "Palu", "province": "Sulawesi Tengah", "time_zone": "WITA",
        "latitude": "-0.9", "longitude": "119.8", "is_active": "Ya",
    } | {column: value}  # fmt: skip
    run = previewed(admin, text(";".join(row) + "\n" + ";".join(row.values()) + "\n"), "branch")

    assert run.state == ImportState.REFUSED
    assert reasons(run)[0][0] == 2
    assert not Branch.objects.filter(code="G9").exists()


def test_departments_name_their_division(admin, division):
    confirm(
        admin, previewed(admin, text("code;name;division\nITNET;Jaringan;IT\n"), "department"), "department"
    )
    assert Department.objects.get(code="ITNET").division == division


def test_an_unknown_division_refuses_the_whole_table(admin, division):
    table = text("code;name;division\nITNET;Jaringan;IT\nX1;Lain;ZZ\n")
    run = previewed(admin, table, "department")

    assert run.state == ImportState.REFUSED
    assert [line for line, _column, _reason in reasons(run)] == [3]
    assert not Department.objects.filter(code="ITNET").exists()


def test_divisions_change_by_their_code(admin, division):
    confirm(admin, previewed(admin, text("code;name\nIT;TI dan Data\n"), "division"), "division")

    division.refresh_from_db()
    assert (division.name, division.is_it) == ("TI dan Data", True)


PEOPLE = ["nik", "name", "phone", "division", "department", "store", "branch_office"]


def test_people_come_without_an_account_that_could_be_used(admin, department, branch):
    StoreFactory(code="T00012", branch=branch)
    rows = [
        ["0015000123", "Siti Rahayu", "081234567890", "IT", "ITSUP", "T00012", ""],
        ["2015000124", "Budi", "", "", "", "", "G001"],
    ]
    run = previewed(admin, workbook(PEOPLE, *rows), "employee")
    assert run.counts["added"] == 2, reasons(run)
    confirm(admin, run, "employee")

    siti = Employee.objects.get(nik="0015000123")
    assert (siti.phone, siti.store.code, siti.department) == ("081234567890", "T00012", department)
    assert not siti.has_usable_password()
    assert siti.must_change_pin


@pytest.mark.parametrize(
    ("more", "column"),
    [
        ({"store": "T00012", "branch_office": "G001"}, "store"),
        ({"store": "", "branch_office": ""}, "store"),
        ({"store": "T99999"}, "store"),
        ({"nik": "12"}, "nik"),
        ({"nik": "2.015E+09"}, "nik"),
        ({"name": ""}, "name"),
        ({"division": "ZZ"}, "division"),
    ],
)
def test_a_person_who_cannot_be_is_refused_beside_the_column(admin, department, branch, more, column):
    StoreFactory(code="T00012", branch=branch)
    row = dict(zip(PEOPLE, ["2015000123", "Siti", "", "", "", "T00012", ""], strict=True)) | more

    run = previewed(admin, text(";".join(row) + "\n" + ";".join(row.values()) + "\n"), "employee")

    assert run.state == ImportState.REFUSED
    assert (2, column) in [(line, where.lower()) for line, where, _reason in reasons(run)]
    assert not Employee.objects.filter(nik="2015000123").exists()


def test_the_same_nik_twice_is_refused(admin, branch):
    table = text("nik;name;branch_office\n2015000123;Satu;G001\n2015000123;Dua;G001\n")
    run = previewed(admin, table, "employee")
    assert [line for line, _column, _reason in reasons(run)] == [3]


def test_a_manager_moves_nobody_into_a_branch_that_is_not_theirs(branch):
    manager = EmployeeFactory(branch_office=branch, language="en")
    RoleGrantFactory(employee=manager, role=Role.MANAGER, branch=branch)
    theirs, others = EmployeeFactory(branch_office=branch), BranchFactory(code="G002")
    outside = EmployeeFactory(branch_office=others)
    client = client_of(manager)

    away = previewed(client, text(f"nik;branch_office\n{theirs.nik};G002\n"), "employee")
    foreign = previewed(client, text(f"nik;name\n{outside.nik};Baru\n"), "employee")

    assert (away.state, foreign.state) == (ImportState.REFUSED, ImportState.REFUSED)
    outside.refresh_from_db()
    assert outside.name != "Baru"


def test_status_and_pin_have_no_column(admin, branch, administrator):
    run = previewed(admin, text("nik;status;password\n2015000123;active;x\n"), "employee")
    assert run.state == ImportState.REFUSED


def test_what_changed_after_the_preview_is_not_overwritten(admin, division):
    run = previewed(admin, text("code;name\nIT;Baru\n"), "division")
    Division.objects.filter(pk=division.pk).update(name="Lain lagi")

    assert confirm(admin, run, "division").state == ImportState.REFUSED
    division.refresh_from_db()
    assert division.name == "Lain lagi"
