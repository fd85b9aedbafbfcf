"""Tables as people bring them, for tests of imports."""

import io
from typing import Any

import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from core.models import ImportRun

STORE_HEAD = ["code", "name", "branch", "latitude", "longitude", "opened_on"]


def workbook(*rows: list[Any], name: str = "toko.xlsx") -> SimpleUploadedFile:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": True}) as book:
        sheet, day = book.add_worksheet(), book.add_format({"num_format": "yyyy-mm-dd"})
        for number, row in enumerate(rows):
            for position, value in enumerate(row):
                if hasattr(value, "year"):
                    sheet.write_datetime(number, position, value, day)
                else:
                    sheet.write(number, position, value)
    return SimpleUploadedFile(name, target.getvalue())


def text(content: str, *, name: str = "toko.csv", encoding: str = "utf-8") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content.encode(encoding))


def upload(client: Client, file: SimpleUploadedFile, model: str = "store") -> Any:
    """The answer to the upload; a file that passed leads to its preview."""
    return client.post(reverse(f"admin:organization_{model}_import_table"), {"file": file})


def previewed(client: Client, file: SimpleUploadedFile, model: str = "store") -> ImportRun:
    answer = upload(client, file, model)
    assert answer.status_code == 302, answer.context["refusal"]
    return ImportRun.objects.get(pk=answer.url.rstrip("/").rpartition("/")[2])


def confirm(client: Client, run: ImportRun, model: str = "store", digest: str | None = None) -> ImportRun:
    url = reverse(f"admin:organization_{model}_import_run", args=[run.pk])
    client.post(url, {"digest": run.preview_digest if digest is None else digest})
    run.refresh_from_db()
    return run


def reasons(run: ImportRun) -> list[tuple[int, str, str]]:
    return [(error["line"], error["column"], error["reason"]) for error in run.errors]
