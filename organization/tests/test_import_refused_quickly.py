"""What is no table of ours is refused within two seconds, with its line and its reason on the page."""

import html
import io
import time
import zipfile
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from organization.choices import Role
from organization.models import Store
from organization.tests.factories import BranchFactory, EmployeeFactory, StoreFactory
from organization.tests.tables import STORE_HEAD, text, workbook

pytestmark = pytest.mark.django_db
WITHIN_S, ROWS, DAY = 2.0, 300, date(2020, 1, 1)


@pytest.fixture(autouse=True)
def _own_media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def client():
    made = Client()
    made.force_login(EmployeeFactory(roles=[Role.ADMINISTRATOR], language="en"))
    made.get(reverse("admin:organization_store_import_table"))  # what a process loads once
    return made


def table(bad, *, at):
    """Three hundred good rows, and a bad one among them."""
    good = [[f"T{number:05}", f"Toko {number}", "G001", -6.2, 106.8, DAY] for number in range(ROWS)]
    good[at - 2] = bad
    return workbook(STORE_HEAD, *good)


BAD = {
    "a code that stands twice": (["T00003", "Toko", "G001", -6.2, 106.8, DAY], "Stands twice: in line 5 and in line 250."),
    "a branch that is none": (["T1", "Toko", "G404", -6.2, 106.8, DAY], "There is no branch with the code G404."),
    "1E05 as Excel leaves it": ([100000.0, "Toko", "G001", -6.2, 106.8, DAY], "number"),
    "1E05 made a new code": (["100000", "Toko", "G001", -6.2, 106.8, DAY], "This code is new, but 1E05 is known"),
    "1E05 as Excel shows it": (["1,00E+05", "Toko", "G001", -6.2, 106.8, DAY], "number"),
    "a formula": (["T1", "=1+1", "G001", -6.2, 106.8, DAY], "formula"),
}  # fmt: skip


@pytest.mark.parametrize("what", BAD)
def test_the_page_names_the_line_and_the_reason(client, what):
    branch = BranchFactory(code="G001")
    StoreFactory(code="1E05", branch=branch)
    row, reason = BAD[what]
    file = table(row, at=250)
    begun = time.monotonic()

    page = client.post(reverse("admin:organization_store_import_table"), {"file": file}, follow=True)

    seconds, words = time.monotonic() - begun, html.unescape(page.content.decode())
    assert reason in words
    assert page.context["run"].errors[0]["line"] == 250
    assert ">250<" in words
    assert seconds < WITHIN_S
    assert list(Store.objects.values_list("code", flat=True)) == ["1E05"]


def eight_hundred_thousand_rows() -> bytes:
    """24 MB in 65 KB at most."""
    rows = b'<row><c t="n"><v>1</v></c></row>' * 800_000
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("[Content_Types].xml", b"<Types/>")
        book.writestr("xl/workbook.xml", b"<workbook/>")
        book.writestr(
            "xl/worksheets/sheet1.xml", b"<worksheet><sheetData>" + rows + b"</sheetData></worksheet>"
        )
    assert len(target.getvalue()) <= 65 * 1024
    return target.getvalue()


def test_a_bomb_is_refused_at_the_gate(client):
    file = SimpleUploadedFile("toko.xlsx", eight_hundred_thousand_rows())
    begun = time.monotonic()

    page = client.post(reverse("admin:organization_store_import_table"), {"file": file})

    assert time.monotonic() - begun < WITHIN_S
    assert page.status_code == 400
    assert "times its size" in html.unescape(page.content.decode())


def test_rows_beyond_the_limit_are_counted_and_not_believed(client, settings):
    """What passes the gate is read no further than the limit of rows."""
    settings.UPLOAD_LIMITS = {**settings.UPLOAD_LIMITS, "rows": 300}
    file = text("code;name\n" + "".join(f"T{number};{number * 7919 % 99991}\n" for number in range(400)))

    page = client.post(reverse("admin:organization_store_import_table"), {"file": file}, follow=True)

    assert "more than 300 rows" in html.unescape(page.content.decode())
