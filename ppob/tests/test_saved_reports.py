"""Saved reports: kept, changed, deleted, made by the clock, for those who may have them."""

import csv
import io
import threading
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test import TransactionTestCase
from django.urls import reverse
from django.utils import timezone

from core.models import AuditEntry, Job
from core.outbox import drain
from organization.choices import Role
from organization.tests.factories import EmployeeFactory
from ppob.models import SavedReport
from ppob.selectors.reports import period_of, slot_of
from ppob.services.reports import run_due_reports, save_report
from ppob.tests.balance_world import client_of, person
from ppob.tests.report_world import sell

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator():
    return person()


@pytest.fixture
def client(administrator):
    return client_of(administrator)


def form(**fields):
    return {
        "name": "Gagal harian", "state": "failed", "columns": ["occurred_at", "noref", "state"], "file_format": "csv",
        "frequency": "daily", "hour": "6", "is_active": "on", **fields,
    }  # fmt: skip


def test_a_report_is_saved_changed_and_deleted(client, administrator):
    answer = client.post(reverse("ppob:report-add"), form())
    assert answer.status_code == 302
    report = SavedReport.objects.get()
    assert (report.owner, report.query, report.columns) == (
        administrator,
        "state=failed",
        ["occurred_at", "noref", "state"],
    )
    again = client.post(reverse("ppob:report-add"), form())
    assert again.status_code == 422
    assert "already" in again.content.decode()

    url = reverse("ppob:report-change", args=[report.pk])
    assert 'value="Gagal harian"' in client.get(url).content.decode()
    unchanged = client.post(url, form(), follow=True)
    assert "Nothing was changed" in unchanged.content.decode()
    reader = person(Role.ACCOUNTANT)
    client.post(url, form(name="Gagal", recipients=[reader.pk]))
    report.refresh_from_db()
    assert (report.name, list(report.recipients.all())) == ("Gagal", [reader])
    assert "from " in client_of(reader).get(reverse("ppob:report-list")).content.decode()

    url = reverse("ppob:report-delete", args=[report.pk])
    assert "Delete the report Gagal?" in client.get(url).content.decode()
    client.post(url)
    assert not SavedReport.objects.exists()
    acts = AuditEntry.objects.filter(act__startswith="report.").order_by("pk").values_list("act", flat=True)
    assert list(acts) == ["report.saved", "report.changed", "report.deleted"]


@pytest.mark.parametrize(
    "wrong",
    [{"name": ""}, {"name": "x" * 81}, {"hour": "24"}, {"hour": "-1"}, {"hour": "9" * 30}, {"columns": ["secret"]},
     {"columns": []}, {"biller": "999999"}, {"recipients": ["999999"]}, {"recipients": ["x"]}, {"frequency": "hourly"},
     {"file_format": "exe"}],
)  # fmt: skip
def test_a_faulty_report_is_refused_beside_its_field(client, wrong):
    answer = client.post(reverse("ppob:report-add"), form(**wrong))
    assert answer.status_code == 422
    assert f"id_{next(iter(wrong))}" in answer.content.decode()
    assert not SavedReport.objects.exists()


def test_somebody_elses_report_is_404(client):
    other = person(Role.ACCOUNTANT)
    report = save_report(owner=other, recipients=[], name="Milik lain", columns=["noref"])
    for name in ("report-change", "report-delete", "report-run"):
        assert client.post(reverse(f"ppob:{name}", args=[report.pk]), form()).status_code == 404
    assert "Milik lain" not in client.get(reverse("ppob:report-list")).content.decode()


def test_a_report_made_now_has_its_filter_and_columns(client, administrator, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    good, bad = sell(), sell(state="failed")
    report = save_report(
        owner=administrator, recipients=[], name="Gagal", columns=["noref", "state"], query="state=failed",
        file_format="csv", frequency="never",
    )  # fmt: skip
    client.post(reverse("ppob:report-run", args=[report.pk]))
    drain("jobs", seconds=20)
    job = Job.objects.get()
    assert (job.state, job.result_rows) == ("done", 1)
    assert job.result_name.startswith("gagal-")
    head, line = csv.reader(io.StringIO((tmp_path / job.result_path).read_text("utf-8-sig")))
    assert (len(head), line[0]) == (2, bad.noref)
    assert good.noref not in line


def test_rhythms_and_what_they_tell_of():
    now = datetime(2026, 11, 26, 1, 0, tzinfo=UTC)  # Thursday, 08:00 in Jakarta
    assert slot_of("daily", 6, now) == date(2026, 11, 26)
    assert slot_of("daily", 9, now) == date(2026, 11, 25)
    assert slot_of("weekly", 6, now) == date(2026, 11, 23)
    assert slot_of("monthly", 6, now) == date(2026, 11, 1)
    assert slot_of("never", 6, now) is None
    told = {name: period_of(name, date(2026, 11, 1)) for name in ("daily", "weekly", "monthly")}
    assert (told["daily"].first, told["daily"].last) == (date(2026, 10, 31), date(2026, 10, 31))
    assert (told["weekly"].first, told["weekly"].last) == (date(2026, 10, 25), date(2026, 10, 31))
    assert (told["monthly"].first, told["monthly"].last) == (date(2026, 10, 1), date(2026, 10, 31))


def test_the_clock_makes_a_report_once_for_each_that_may_have_it(administrator):
    reader, outsider = person(Role.PPOB_STAFF), EmployeeFactory()
    report = save_report(
        owner=administrator,
        recipients=[reader, outsider],
        name="Harian",
        columns=["noref"],
        frequency="daily",
        hour=6,
    )
    now = timezone.now()
    assert run_due_reports(now) == 0  # its first day is still to come
    tomorrow = now + timedelta(days=1)
    assert run_due_reports(tomorrow) == 1
    assert run_due_reports(tomorrow) == 0
    jobs = Job.objects.filter(kind="ppob.saved_report")
    assert {job.requested_by for job in jobs} == {administrator, reader}
    report.refresh_from_db()
    assert report.made_for is not None
    SavedReport.objects.update(is_active=False)
    assert run_due_reports(tomorrow + timedelta(days=2)) == 0


def test_who_no_longer_receives_a_report_gets_no_file(administrator, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    reader = person(Role.PPOB_STAFF)
    report = save_report(
        owner=administrator, recipients=[reader], name="Harian", columns=["noref"], frequency="daily"
    )
    run_due_reports(timezone.now() + timedelta(days=1))
    report.recipients.clear()
    drain("jobs", seconds=20)
    states = dict(Job.objects.values_list("requested_by__nik", "state"))
    assert states == {administrator.nik: "done", reader.nik: "failed"}


class TwoClocks(TransactionTestCase):
    """Both look at the same moment; the database lets one of them."""

    databases = {"default", "owner"}

    def test_make_a_report_once(self):
        save_report(
            owner=person(), recipients=[], name="Harian", columns=["noref"], frequency="daily", hour=6
        )
        tomorrow, gate, made = timezone.now() + timedelta(days=1), threading.Barrier(2), []

        def tick():
            try:
                gate.wait(10)
                made.append(run_due_reports(tomorrow))
            finally:
                connection.close()

        clocks = [threading.Thread(target=tick) for _ in range(2)]
        for clock in clocks:
            clock.start()
        for clock in clocks:
            clock.join(30)
        assert sorted(made) == [0, 1]
        assert Job.objects.filter(kind="ppob.saved_report").count() == 1
