"""CSV, Excel and PDF say the same numbers, none of them a formula; minutes and letters say who, how much and in words."""

import csv
import io
import re
import subprocess

import openpyxl
import pytest
from django.db import DatabaseError, connections, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from core import outbox
from core.exports.formats import FORMATS
from core.models import AuditEntry, Job
from core.templatetags.gerai import rupiah, short_date
from core.tests.jobs import work
from notifications.models import Notification
from organization.choices import Role
from organization.tests.factories import EmployeeFactory
from ppob import services
from ppob.in_words import rupiah_in_words
from ppob.models import DepositStatement, Difference, ReconciliationRun, RunFile
from ppob.reconciliation.intake import receive_file
from ppob.reconciliation.papers.kept import keep_files, kept_path
from ppob.reconciliation.papers.minutes import day_in_words
from ppob.reconciliation.running import run_day
from ppob.tests.reconciliation_world import YESTERDAY, market, simulated

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])
EVIL = '=HYPERLINK("http://x";"y")'


@pytest.fixture(autouse=True)
def _own_place(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


def reconciled(tmp_path, code: str = "FINNET", **options) -> ReconciliationRun:
    biller = market(code)[code]
    file, _key = simulated(code, tmp_path, **options)
    with file.open("rb") as stream:
        receive_file(biller=biller, day=YESTERDAY, stream=stream, name=file.name, source="upload")
    return ReconciliationRun.objects.get(pk=run_day(biller=biller, day=YESTERDAY).pk)


def person(role: Role = Role.ACCOUNTANT, **fields):
    return EmployeeFactory(roles=[role], **fields)


def client_of(someone) -> Client:
    client = Client()
    client.force_login(someone)
    return client


def taken(client: Client, run: ReconciliationRun, paper: str, **data) -> bytes:
    answer = client.post(reverse("ppob:run-paper", args=[run.pk, paper]), data)
    assert answer.status_code == 200, answer
    assert "attachment" in answer["Content-Disposition"]
    return b"".join(answer.streaming_content)  # type: ignore[attr-defined]  # a file


def text_of(pdf: bytes, tmp_path) -> str:
    path = tmp_path / "paper.pdf"
    path.write_bytes(pdf)
    told = subprocess.run(
        ["pdftotext", "-layout", str(path), "-"], check=True, capture_output=True, text=True
    )
    return told.stdout.replace("\N{NO-BREAK SPACE}", " ")


def said(amount: int) -> str:
    return rupiah(amount).replace("\N{NO-BREAK SPACE}", " ").replace("\N{MINUS SIGN}", "-")


def parts_of(content: bytes) -> list[list[list[str]]]:
    """The parts of the CSV, which empty lines keep apart."""
    parts: list[list[list[str]]] = [[]]
    for row in csv.reader(io.StringIO(content.decode("utf-8-sig"))):
        parts[-1].append(row) if row else parts.append([])
    return parts


@pytest.mark.parametrize("code", ["FINNET", "LISTRA"])
def test_three_forms_say_the_same_numbers_and_no_formula(code, tmp_path):
    run = reconciled(tmp_path, code)
    Difference.objects.filter(pk=run.differences.first().pk).update(explanation=EVIL)
    client = client_of(person())
    summary, rows, pairs = parts_of(taken(client, run, "csv", matched="1"))
    figures = dict(summary)
    head, *differences = rows
    book = openpyxl.load_workbook(io.BytesIO(taken(client, run, "xlsx", matched="1")))
    sheets = {sheet.title: list(sheet.iter_rows()) for sheet in book.worksheets}
    text = text_of(taken(client, run, "pdf"), tmp_path)

    assert len(sheets) == 4
    cells = [cell for sheet in sheets.values() for row in sheet for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]
    assert len(book.worksheets[0]._charts) == 1
    in_excel = {row[0].value: row[1].value for row in next(iter(sheets.values()))}
    with translation.override("id"):
        statement = DepositStatement.objects.get()
        wanted = {
            "lines": run.lines, "lines_amount": run.lines_amount, "ours": run.ours, "ours_amount": run.ours_amount,
            "matched": run.matched, "matched_amount": run.matched_amount, "different_amount": run.different_amount,
            "rejected": run.rejected, **run.breaks, "sales": statement.sales,
        }  # fmt: skip
        if code == "LISTRA":
            wanted["payable"] = statement.payable
        else:
            wanted |= {"expected": statement.expected, "reported": statement.reported, "unexplained": 0}
    for name, value in wanted.items():
        assert figures[name] == str(value), name
        assert value in in_excel.values(), name
        if "amount" in name or name in ("sales", "payable", "expected"):
            assert said(value) in text.replace("\N{MINUS SIGN}", "-"), name
    assert figures["digest"] == bytes(run.digest).hex()
    assert figures["digest"] in text
    assert figures["digest"] in in_excel.values()

    at = {name: place for place, name in enumerate(head)}
    found = {(row[at["kind"]], row[at["noref"]]) for row in differences}
    assert len(differences) == Difference.objects.count()
    assert found == set(Difference.objects.values_list("kind", "noref"))
    assert {row[at["explanation"]] for row in differences} == {"", "'" + EVIL}
    sheet = list(sheets.values())[1]
    labels = [cell.value for cell in sheet[0]]
    norefs = [row[labels.index("Noref")].value for row in sheet[1:]]
    assert sorted(norefs) == sorted(Difference.objects.values_list("noref", flat=True))
    assert any(noref.startswith("0") for noref in norefs)
    assert len(sheet) - 1 == len(differences)
    assert len(list(sheets.values())[2]) - 1 == len(pairs) - 1 == run.matched_lines
    for noref in norefs:
        assert noref in text
    assert "Halaman 1 dari" in text
    entries = AuditEntry.objects.filter(act="export.made")
    assert entries.count() == 3


def test_the_minutes_name_both_parties_the_amounts_in_words_and_who_signed(tmp_path):
    run = reconciled(tmp_path)
    maker = person(name="Siti Rahmawati", job_title="Staf Akuntansi")
    checker = person(name="Bambang Sutejo", job_title="Kepala Akuntansi")
    client = client_of(maker)
    draft = text_of(taken(client, run, "minutes"), tmp_path)
    assert "DRAF" in draft
    assert "Bambang" not in draft

    open_ones = Difference.objects.filter(state="open")
    services.explain_differences(differences=open_ones, explanation="Uji coba", actor=maker)
    services.prepare_day(biller=run.biller, day=YESTERDAY, actor=maker)
    services.sign_day(biller=run.biller, day=YESTERDAY, actor=checker)
    english = client_of(person(language="en"))
    text = text_of(taken(english, run, "minutes"), tmp_path)

    assert "DRAF" not in text
    for wanted in (
        "BERITA ACARA REKONSILIASI", f"BAR/FINNET/{YESTERDAY:%Y%m%d}/1", run.biller.name, "Pihak Pertama", "Pihak Kedua",
        "Siti Rahmawati", maker.nik, "Staf Akuntansi", "Bambang Sutejo", checker.nik, "Kepala Akuntansi",
        bytes(run.digest).hex(), "Halaman 1 dari 2", "Halaman 2 dari 2", "Uji coba",
    ):  # fmt: skip
        assert wanted in text, wanted
    flat = " ".join(text.split())
    assert rupiah_in_words(run.matched_amount) in flat
    assert rupiah_in_words(DepositStatement.objects.get().reported) in flat
    with translation.override("id"):
        assert day_in_words(timezone.localdate()) in flat


def test_a_letter_of_dispute_lists_what_is_disputed_and_is_refused_when_nothing_is(tmp_path):
    run = reconciled(tmp_path)
    writer = person(name="Siti Rahmawati", job_title="Staf Akuntansi")
    client = client_of(writer)
    answer = client.post(reverse("ppob:run-paper", args=[run.pk, "dispute"]), follow=True)
    assert answer.redirect_chain == [(reverse("ppob:run-papers", args=[run.pk]), 302)]
    with translation.override("id"):
        assert "Tidak ada" in answer.content.decode()

    one, other = Difference.objects.filter(kind="amount")[:2]
    for each in (one, other):
        services.dispute_difference(difference=each, reason="Nilai di berkas salah", actor=writer)
    text = text_of(taken(client, run, "dispute"), tmp_path)
    theirs, ours = one.their_amount + other.their_amount, one.our_amount + other.our_amount
    for wanted in (
        f"SGH/FINNET/{YESTERDAY:%Y%m%d}/1",
        one.noref,
        other.noref,
        said(ours),
        said(theirs),
        writer.nik,
    ):
        assert wanted in text.replace("\N{MINUS SIGN}", "-"), wanted
    assert rupiah_in_words(theirs - ours) in " ".join(text.split())
    untouched = Difference.objects.filter(kind="missing_here").first()
    assert untouched.noref not in text


def test_each_run_keeps_its_csv_and_pdf_and_the_notice_leads_to_them(tmp_path):
    reader = person()
    run = reconciled(tmp_path)
    while outbox.drain("default", seconds=20):
        pass
    kept = {one.form: one for one in RunFile.objects.filter(run=run)}
    assert set(kept) == {"csv", "pdf"}
    notice = Notification.objects.get(person=reader, kind="ppob.reconciled")
    papers = reverse("ppob:run-papers", args=[run.pk])
    assert papers in client_of(reader).get(notice.url).content.decode()
    page = client_of(reader).get(papers)
    assert page.status_code == 200
    for one in kept.values():
        assert one.sha256 in page.content.decode()
        assert kept_path(one.sha256).stat().st_size == one.size
        answer = client_of(reader).post(reverse("ppob:run-kept", args=[run.pk, one.form]))
        content = b"".join(answer.streaming_content)
        assert content == kept_path(one.sha256).read_bytes()
    assert {one.pk for one in keep_files(run)} == {one.pk for one in kept.values()}
    assert RunFile.objects.count() == 2
    for using in ("default", "owner"):
        for statement in ("UPDATE ppob_runfile SET size = 1", "DELETE FROM ppob_runfile"):
            with (
                pytest.raises(DatabaseError),
                transaction.atomic(using=using),
                connections[using].cursor() as cursor,
            ):
                cursor.execute(statement)

    newer = run_day(biller=run.biller, day=YESTERDAY)
    old = client_of(reader).get(reverse("ppob:run-papers", args=[run.pk]))
    assert kept["csv"].sha256 in old.content.decode()
    assert reverse("ppob:run-paper", args=[run.pk, "csv"]) not in old.content.decode()
    answer = client_of(reader).post(reverse("ppob:run-paper", args=[run.pk, "csv"]))
    assert answer.status_code == 302
    assert parts_of(taken(client_of(reader), newer, "csv"))[0][2] == ["run", "2"]


def test_what_is_large_comes_as_a_job_with_the_same_content(tmp_path, monkeypatch):
    run = reconciled(tmp_path)
    reader = person()
    client = client_of(reader)
    at_once = taken(client, run, "csv", matched="1")
    monkeypatch.setattr(
        "ppob.reconciliation.papers.kinds.PaperKind.is_large", lambda self, facts, *, matched: True
    )
    answer = client.post(reverse("ppob:run-paper", args=[run.pk, "csv"]), {"matched": "1"})
    job = Job.objects.get()
    assert answer.url == reverse("jobs:detail", args=[job.pk])
    work()
    job.refresh_from_db()
    assert (job.state, job.result_rows) == ("done", run.matched_lines + Difference.objects.count())
    got = client.get(reverse("jobs:download", args=[job.pk]))
    assert b"".join(got.streaming_content) == at_once
    assert FORMATS["csv"].at_once == 10_000


def test_who_may_not_export_reads_and_takes_nothing(tmp_path):
    run = reconciled(tmp_path, transactions=40)
    manager = client_of(person(Role.MANAGER))
    assert manager.get(reverse("ppob:run-papers", args=[run.pk])).status_code == 403
    assert manager.post(reverse("ppob:run-paper", args=[run.pk, "csv"])).status_code == 403
    client = client_of(person())
    assert client.post(reverse("ppob:run-paper", args=[run.pk, "nothing"])).status_code == 404
    assert client.post(reverse("ppob:run-paper", args=[10**9, "csv"])).status_code == 404
    assert client.post(reverse("ppob:run-kept", args=[run.pk, "csv"])).status_code == 404
    assert client.get(reverse("ppob:run-paper", args=[run.pk, "csv"])).status_code == 405


def test_the_page_costs_the_same_whatever_the_day_has(tmp_path, django_assert_max_num_queries):
    run = reconciled(tmp_path)
    client = client_of(person())
    client.get(reverse("ppob:run-papers", args=[run.pk]))
    with django_assert_max_num_queries(10):
        page = client.get(reverse("ppob:run-papers", args=[run.pk])).content.decode()
    assert re.search(r'name="matched"', page)
    assert short_date(YESTERDAY) in page
