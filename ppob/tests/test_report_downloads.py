"""What is filtered goes home: CSV, workbook and paper, at once or by a job."""

import csv
import io

import openpyxl
import pytest
from django.urls import reverse

from core.models import AuditEntry, Job
from core.outbox import drain
from ppob.tests.balance_world import client_of, person
from ppob.tests.ledger_factories import House, make_agent, make_biller, make_product
from ppob.tests.report_world import sell

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator():
    return person()


@pytest.fixture
def client(administrator):
    return client_of(administrator)


def download(client, form, query=""):
    answer = client.post(reverse("ppob:transaction-list") + query, {"format": form})
    assert answer.status_code == 200, answer
    return b"".join(answer.streaming_content)


def dangerous_house() -> House:
    agent = make_agent(10_000_000, name='=HYPERLINK("http://x")')
    return House(agent, make_biller(name="+Biller;=1+1"), make_product(name='@"Pulsa"\t=2'))


def test_the_csv_of_the_database_is_the_one_of_python(client, monkeypatch):
    house = dangerous_house()
    for number in range(6):
        sell(house, state=("success", "failed", "suspect")[number % 3], noref=f"00{number}E05", customer_id="=1+1",
             source_account=("", "123", "=1234567")[number % 3], milliseconds=(None, 12)[number % 2])  # fmt: skip
    by_database = download(client, "csv")
    from ppob.views.transactions import TransactionListView

    spec = TransactionListView.export
    monkeypatch.setattr(TransactionListView, "export", type(spec)(**{**vars(spec), "copy": None}))
    assert by_database == download(client, "csv")
    head, *lines = csv.reader(io.StringIO(by_database.decode("utf-8-sig"), newline=""))
    assert len(lines) == 6
    assert len(head) == len(lines[0]) == 23
    assert {line[1] for line in lines} == {house.agent.agent_id}
    assert lines[0][2].startswith("'=HYPERLINK")
    assert {line[14] for line in lines} == {"53000"}
    assert {line[3] for line in lines} == {f"00{number}E05" for number in range(6)}


@pytest.mark.parametrize("form", ["csv", "xlsx", "pdf"])
def test_nothing_can_be_taken_home_too(client, form):
    assert download(client, form, "?q=nobody")


def test_what_is_filtered_is_what_is_taken_home(client):
    good, bad = sell(), sell(state="failed")
    text = download(client, "csv", "?state=failed").decode()
    assert bad.noref in text
    assert good.noref not in text
    assert AuditEntry.objects.filter(act="export.made").count() == 1


def test_the_workbook_opens_again(client):
    sale = sell(dangerous_house(), noref="001234567890")
    book = openpyxl.load_workbook(io.BytesIO(download(client, "xlsx")))
    sheet = book.worksheets[0]
    assert sheet.max_row == 2
    values = [cell.value for cell in sheet[2]]
    assert values[3] == "001234567890"
    assert values[14] == sale.total
    assert not [cell for row in sheet for cell in row if cell.data_type == "f"]


def test_the_paper_has_a_summary_and_says_what_it_leaves_out(client, monkeypatch):
    for _ in range(3):
        sell()
    assert download(client, "pdf").startswith(b"%PDF")
    monkeypatch.setattr("ppob.report_papers.MOST_ROWS", 2)
    drawn = []
    from core.exports.letters import Face

    draw = Face.draw
    monkeypatch.setattr(Face, "draw", lambda self, canvas, x, y, text, size: (drawn.append(text), draw(self, canvas, x, y, text, size))[1])  # fmt: skip
    download(client, "pdf")
    assert any("Only the first 2 rows" in line for line in drawn)


def test_a_large_one_becomes_a_job_and_the_job_makes_it(
    client, administrator, monkeypatch, settings, tmp_path
):
    settings.MEDIA_ROOT = tmp_path
    sale = sell()
    monkeypatch.setattr(
        "core.exports.asking.Asked._has_more_than", lambda self, limit: limit == self.form.at_once
    )
    answer = client.post(reverse("ppob:transaction-list"), {"format": "csv"})
    job = Job.objects.get()
    assert answer["Location"] == reverse("jobs:detail", args=[job.pk])
    drain("jobs", seconds=20)
    job.refresh_from_db()
    assert (job.state, job.result_rows) == ("done", 1)
    assert sale.noref in (tmp_path / job.result_path).read_text()
