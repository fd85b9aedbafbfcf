"""Stores that come as a table: previewed, judged line by line, saved whole or not at all, with their history and trail."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.models import AuditEntry, ImportRun, Job
from core.models.imports import ImportState
from organization.choices import Role
from organization.models import Store, StoreBranch
from organization.tests.factories import BranchFactory, EmployeeFactory, RoleGrantFactory, StoreFactory
from organization.tests.tables import STORE_HEAD, confirm, previewed, reasons, text, upload, workbook

pytestmark = pytest.mark.django_db


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
def admin():
    return client_of(EmployeeFactory(roles=[Role.ADMINISTRATOR], language="en"))


def row(code="T1", name="Toko Satu", branch="G001", **more):
    return [
        code,
        name,
        branch,
        more.get("latitude", -6.2),
        more.get("longitude", 106.8),
        more.get("opened_on", date(2020, 5, 1)),
    ]


def test_new_stores_are_previewed_and_saved_with_their_branch_and_trail(admin, branch):
    run = previewed(admin, workbook(STORE_HEAD, row("1E05"), row("00123", "Toko Dua")))

    assert (run.state, run.counts["added"], Store.objects.count()) == (ImportState.PREVIEWED, 2, 0)

    assert confirm(admin, run).state == ImportState.APPLIED
    store = Store.objects.get(code="1E05")
    period = StoreBranch.objects.get(store=store)
    assert (store.latitude, store.geofence_m, store.branch) == (Decimal("-6.2"), 100, branch)
    assert (period.branch, period.days.lower, period.days.upper) == (branch, date(2020, 5, 1), None)
    acts = AuditEntry.objects.filter(object_uuid=store.uuid).order_by("id").values_list("act", flat=True)
    assert list(acts) == ["object.added", "store.branch_assigned"]
    assert AuditEntry.objects.get(act="import.applied").changes["added"] == [None, 2]
    assert run.preview == []


def test_a_change_shows_old_and_new_and_leaves_other_columns_alone(admin, branch):
    store = StoreFactory(code="T1", name="Lama", branch=branch, company="PT A")

    run = previewed(admin, text("Kode;Nama\nT1;Baru\n"))

    assert run.preview[0]["changes"] == [["name", "Lama", "Baru"]]
    confirm(admin, run)
    store.refresh_from_db()
    assert (store.name, store.company) == ("Baru", "PT A")
    entry = AuditEntry.objects.get(act="object.changed", object_uuid=store.uuid)
    assert entry.changes == {"name": ["Lama", "Baru"]}


def test_todays_data_imported_as_it_is_changes_nothing(admin, branch):
    StoreFactory.create_batch(3, branch=branch, phone="0217", name="=1+1", paused_from=date(2026, 1, 5))
    file = admin.get(reverse("admin:organization_store_import_current"))

    run = previewed(admin, SimpleUploadedFile("data.xlsx", file.content))

    assert (run.counts["added"], run.counts["changed"], run.counts["unchanged"]) == (0, 0, 3)


def test_the_template_is_taken_as_it_is_and_holds_no_rows(admin, branch):
    file = admin.get(reverse("admin:organization_store_import_template"))

    run = previewed(admin, SimpleUploadedFile("template.xlsx", file.content))

    assert run.counts["rows"] == 0


def test_another_branch_serves_the_store_from_the_named_day(admin, branch):
    store = StoreFactory(code="T1", branch=branch)
    other, day = BranchFactory(code="G002"), timezone.localdate() + timedelta(days=10)

    run = previewed(admin, text(f"code,branch,branch_from\nT1,G002,{day}\n"))
    confirm(admin, run)

    store.refresh_from_db()
    periods = [(one.branch, one.days.lower) for one in store.branch_history.order_by("days")]
    assert (store.branch, periods[1]) == (branch, (other, day))
    assert previewed(admin, text(f"code,branch,branch_from\nT1,G002,{day}\n")).counts["unchanged"] == 1


def test_another_branch_from_today_moves_the_store_at_once(admin, branch):
    store, other = StoreFactory(code="T1", branch=branch), BranchFactory(code="G002")

    confirm(admin, previewed(admin, text("code,branch\nT1,G002\n")))

    store.refresh_from_db()
    assert store.branch == other
    assert store.branch_history.count() == 2


def test_days_that_have_passed_keep_their_branch(admin, branch):
    StoreFactory(code="T1", branch=branch)
    BranchFactory(code="G002")

    run = previewed(admin, text("code,branch,branch_from\nT1,G002,2024-01-01\n"))

    assert [(line, column) for line, column, _why in reasons(run)] == [(2, "branch from")]


@pytest.mark.parametrize(
    ("cells", "column", "word"),
    [
        (row(code=100000.0), "code", "number"),
        (row(code=123), "code", "leading zeros"),
        (row(code="=1+1"), "code", "formula"),
        (row(code="t 1"), "code", "Capital"),
        (row(name="=SUM(A1)"), "name", "formula"),
        (row(name="Toko\x07"), "name", "cannot be seen"),
        (row(name="N" * 81), "name", "80"),
        (row(name=""), "name", "empty"),
        (row(branch="G404"), "branch", "no branch with the code G404"),
        (row(latitude=106.8), "latitude", "less than or equal"),
        (row(latitude=-6200000), "latitude", "point"),
        (row(latitude="here"), "latitude", "Degrees"),
        (row(opened_on=45123), "opened", "2023-07-16"),
        (row(opened_on="kemarin"), "opened", "day"),
    ],
)
def test_a_bad_cell_is_refused_with_line_column_and_reason(admin, branch, cells, column, word):
    run = previewed(admin, workbook(STORE_HEAD, row("T9"), cells))

    assert run.state == ImportState.REFUSED
    assert len(run.errors) == 1
    line, where, reason = reasons(run)[0]
    assert (line, where) == (3, column)
    assert word in reason
    assert not Store.objects.exists()


def test_spaces_around_a_value_are_no_change(admin, branch):
    StoreFactory(code="T1", name="Satu", branch=branch)

    assert previewed(admin, text("code;name\nT1 ;\u00a0Satu  \n")).counts["unchanged"] == 1


def test_a_code_that_stands_twice_names_both_lines(admin, branch):
    run = previewed(admin, workbook(STORE_HEAD, row("T1"), row("T2"), row("T1")))

    line, column, reason = reasons(run)[0]
    assert (line, column) == (4, "code")
    assert "line 2" in reason
    assert "line 4" in reason


@pytest.mark.parametrize(("known", "came"), [("00123", "123"), ("1E05", "100000")])
def test_a_new_code_that_looks_like_a_spoiled_known_one_is_refused(admin, branch, known, came):
    StoreFactory(code=known, branch=branch)

    run = previewed(admin, workbook(STORE_HEAD, row(came)))

    assert known in reasons(run)[0][2]


def test_scientific_notation_in_a_csv_is_refused(admin, branch):
    assert "number" in reasons(previewed(admin, text("code;name\n1,00E+05;Satu\n")))[0][2]


def test_rules_across_columns_are_told_with_their_line(admin, branch):
    StoreFactory(code="T1", branch=branch)

    run = previewed(admin, text("code;closed_on;paused_until\nT1;2019-01-01;2026-01-01\n"))

    assert [(line, column) for line, column, _why in reasons(run)] == [
        (2, "closed"), (2, "temporarily closed until"),
    ]  # fmt: skip


def test_a_column_without_a_name_of_ours_is_refused_by_name(admin, branch):
    assert "Warna" in reasons(previewed(admin, text("Kode;Warna\nT1;merah\n")))[0][2]


def test_an_old_windows_file_is_read_and_said_to_be_one(admin, branch):
    StoreFactory(code="T1", name="x", branch=branch)

    run = previewed(admin, text("code;name\nT1;Café\n", encoding="cp1252"))

    assert run.preview[0]["changes"][0][2] == "Café"
    assert "1252" in run.counts["notes"][0]


def test_what_changed_since_the_preview_is_not_saved(admin, branch):
    store = StoreFactory(code="T1", name="Lama", branch=branch)
    run = previewed(admin, text("code;name\nT1;Baru\n"))
    Store.objects.update(name="Lain")

    confirm(admin, run)

    store.refresh_from_db()
    assert (run.state, store.name) == (ImportState.REFUSED, "Lain")
    assert "changed since the preview" in run.errors[0]["reason"]


def test_another_digest_than_the_previewed_one_saves_nothing(admin, branch):
    run = confirm(admin, previewed(admin, workbook(STORE_HEAD, row())), digest="0" * 64)

    assert (run.state, Store.objects.count()) == (ImportState.PREVIEWED, 0)


def test_a_file_that_was_exchanged_on_the_disk_is_not_saved(admin, branch, settings):
    run = previewed(admin, workbook(STORE_HEAD, row()))
    (settings.MEDIA_ROOT / "uploads" / run.sha256).write_bytes(b"something else")

    assert confirm(admin, run).state == ImportState.REFUSED
    assert not Store.objects.exists()


def test_confirming_twice_saves_once(admin, branch):
    run = confirm(admin, previewed(admin, workbook(STORE_HEAD, row())))

    assert confirm(admin, run, digest=run.preview_digest).state == ImportState.APPLIED
    assert Store.objects.count() == 1


def test_a_failing_audit_trail_undoes_the_whole_import(admin, branch, monkeypatch):
    run = previewed(admin, workbook(STORE_HEAD, row()))
    monkeypatch.setattr("core.audit.many._COPY", "COPY nowhere FROM STDIN")

    assert confirm(admin, run).state == ImportState.REFUSED
    assert not Store.objects.exists()


def test_more_than_five_hundred_rows_wait_as_a_job(admin, branch):
    rows = [row(f"T{number:05}") for number in range(501)]

    run = previewed(admin, workbook(STORE_HEAD, *rows))

    page = admin.get(reverse("admin:organization_store_import_run", args=[run.pk])).content.decode()
    assert run.state == ImportState.READING
    assert Job.objects.get(pk=run.job_id).kind == "core.import_preview"
    assert 'hx-trigger="every 2s"' in page


def test_a_manager_imports_within_the_scope_and_not_a_row_outside(branch):
    other = BranchFactory(code="G002")
    StoreFactory(code="T1", name="Satu", branch=branch)
    StoreFactory(code="T2", name="Dua", branch=other)
    person = EmployeeFactory(branch_office=branch, language="en")
    RoleGrantFactory(employee=person, role=Role.MANAGER, branch=branch)
    manager = client_of(person)

    refused = previewed(manager, text("code;name\nT1;Baru\nT2;Dua\n"))
    own = previewed(manager, text("code;name\nT1;Baru\n"))
    stolen = previewed(manager, text("code;branch\nT1;G002\n"))
    foreign = previewed(manager, workbook(STORE_HEAD, row("T3", branch="G002")))

    assert [line for line, _column, why in reasons(refused) if "scope" in why] == [3]
    assert own.state == ImportState.PREVIEWED
    assert "scope" in reasons(stolen)[0][2]
    assert "scope" in reasons(foreign)[0][2]


@pytest.mark.parametrize("part", ["table", "template", "current"])
def test_without_the_permission_there_is_no_import(part):
    auditor = client_of(EmployeeFactory(roles=[Role.AUDITOR]))

    assert auditor.get(reverse(f"admin:organization_store_import_{part}")).status_code == 403
    assert "import/" not in auditor.get(reverse("admin:organization_store_changelist")).content.decode()


def test_somebody_elses_import_is_not_there(admin, branch):
    run = previewed(admin, workbook(STORE_HEAD, row()))
    other = client_of(EmployeeFactory(roles=[Role.ADMINISTRATOR]))
    url = reverse("admin:organization_store_import_run", args=[run.pk])

    assert other.get(url).status_code == 404
    assert other.post(url, {"digest": run.preview_digest}).status_code == 404


def test_the_pages_ask_few_queries(admin, branch, django_assert_max_num_queries):
    run = previewed(admin, workbook(STORE_HEAD, row()))
    for url in (
        reverse("admin:organization_store_import_table"),
        reverse("admin:organization_store_import_run", args=[run.pk]),
    ):
        with django_assert_max_num_queries(8):
            assert admin.get(url).status_code == 200


def test_a_refused_file_says_why_on_the_page(admin, branch):
    answer = upload(admin, SimpleUploadedFile("toko.xlsx", b"MZ this is a program"))

    assert answer.status_code == 400
    assert "something else" in answer.content.decode()
    assert not ImportRun.objects.exists()
