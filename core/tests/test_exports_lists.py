"""Exports of real lists, through their pages: who may, what is in them, what they leave in the trail."""

import csv
import dataclasses
import hashlib
import io
import re

import pytest
from django.db import transaction
from django.urls import reverse
from openpyxl import load_workbook

from core import audit
from core.exports.formats import FORMATS
from core.models import AuditEntry, Job
from monitoring.tests.factories import MachineFactory
from organization.choices import Role
from organization.models import Store
from organization.tests.factories import (
    BranchFactory,
    EmployeeFactory,
    RoleGrantFactory,
    StoreFactory,
)

pytestmark = pytest.mark.django_db
STORES, EMPLOYEES = "/directory/stores/", "/directory/employees/"
MACHINES, TRAIL = "/monitoring/machines/", "/audit/"
JOBS, INBOX = "/jobs/", "/notifications/"
LISTS = [STORES, EMPLOYEES, MACHINES, TRAIL, JOBS, INBOX]


@pytest.fixture
def auditor(client):
    person = EmployeeFactory(roles=[Role.AUDITOR], name="Rina Auditor")
    client.force_login(person)
    return person


def content_of(response):
    assert response.status_code == 200, response
    return b"".join(response.streaming_content)


def lines_of(response):
    text = content_of(response).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def export(client, address, form="csv"):
    return client.post(address, {"format": form})


@pytest.mark.parametrize("form", list(FORMATS))
@pytest.mark.parametrize("address", LISTS)
def test_every_list_comes_in_every_format(client, auditor, address, form):
    MachineFactory()
    StoreFactory(name="=1+1")
    response = export(client, address, form)
    content = content_of(response)
    assert content[:4] == {"csv": b'\xef\xbb\xbf"', "xlsx": b"PK\x03\x04", "pdf": b"%PDF"}[form]
    assert response["Content-Type"] == FORMATS[form].content_type
    assert re.fullmatch(rf'attachment; filename="[a-z0-9-]+\.{form}"', response["Content-Disposition"])
    assert "no-store" in response["Cache-Control"]
    assert int(response["Content-Length"]) == len(content)


def test_the_menu_is_there_for_who_may_export(client):
    client.force_login(EmployeeFactory(roles=[Role.STORE_SUPPORT]))
    assert b'name="format"' not in client.get(STORES).content
    client.force_login(EmployeeFactory(roles=[Role.COORDINATOR]))
    page = client.get(STORES + "?q=a&sort=-name&size=50&c=x").content.decode()
    assert page.count('name="format"') == len(FORMATS)
    assert page.count(f'formaction="{STORES}?q=a&amp;sort=-name"') == len(FORMATS)


def test_a_swapped_list_brings_its_menu_along(client, auditor):
    fragment = client.get(
        STORES + "?q=a", headers={"HX-Request": "true", "HX-Target": "list"}
    ).content.decode()
    assert '<div hx-swap-oob="innerHTML:#list-export">' in fragment
    assert f'formaction="{STORES}?q=a"' in fragment


def test_seeing_a_list_is_not_enough_to_export_it(client):
    StoreFactory()
    client.force_login(EmployeeFactory(roles=[Role.STORE_SUPPORT]))
    assert client.get(STORES).status_code == 200
    assert export(client, STORES).status_code == 403
    client.logout()
    assert export(client, STORES).status_code == 302
    assert not AuditEntry.objects.filter(act="export.made").exists()


def test_the_trail_is_exported_by_those_who_read_it(client):
    client.force_login(RoleGrantFactory(role=Role.AUDITOR, branch=BranchFactory()).employee)
    assert export(client, TRAIL).status_code == 403


def test_only_the_rows_of_the_scope_and_of_the_filters_are_exported(client):
    here, there = BranchFactory(), BranchFactory()
    StoreFactory(branch=here, code="T1", name="Toko Mawar")
    StoreFactory(branch=here, code="T2", name="Toko Melati")
    StoreFactory(branch=there, code="T3", name="Toko Mawar Jauh")
    client.force_login(RoleGrantFactory(role=Role.COORDINATOR, branch=here).employee)
    assert [line["Kode"] for line in lines_of(export(client, STORES))] == ["T1", "T2"]
    assert [line["Kode"] for line in lines_of(export(client, STORES + "?sort=-code"))] == ["T2", "T1"]
    assert [line["Kode"] for line in lines_of(export(client, STORES + "?q=mawar&size=25"))] == ["T1"]


def test_the_file_has_every_page_of_the_list_in_its_order(client, auditor, monkeypatch):
    monkeypatch.setattr("core.exports.rows.ROWS_AT_ONCE", 3)
    branch = BranchFactory()
    for number in range(10):
        StoreFactory(branch=branch, code=f"T{number}", city="" if number % 3 else "Bandung")
    found = [line["Kode"] for line in lines_of(export(client, STORES + "?sort=city"))]
    assert found == [store.code for store in Store.objects.order_by("city", "pk")]
    assert [line["Kode"] for line in lines_of(export(client, STORES + "?sort=-city"))] == found[::-1]


def test_a_filter_that_makes_no_sense_exports_nothing(client, auditor):
    StoreFactory()
    response = client.post(STORES + "?state=nonsense", {"format": "csv"}, follow=True)
    assert response.redirect_chain == [(STORES + "?state=nonsense", 302)]
    assert not AuditEntry.objects.filter(act="export.made").exists()


def test_an_unknown_format_is_a_bad_request(client, auditor):
    assert export(client, STORES, "exe").status_code == 400
    assert client.post(STORES).status_code == 400


def test_an_export_leaves_who_what_how_much_and_the_digest(client, auditor):
    StoreFactory(name="Toko Mawar")
    content = content_of(export(client, STORES + "?q=mawar&state=open"))
    entry = AuditEntry.objects.get(act="export.made")
    assert entry.actor == auditor
    told = {name: new for name, (_old, new) in entry.changes.items()}
    assert told["list"] == "organization.store"
    assert "mawar" in told["filters"]
    assert told["rows"] == 1
    assert told["file_format"] == "csv"
    assert told["sha256"] == hashlib.sha256(content).hexdigest()


def test_without_its_entry_no_file_leaves(client, auditor, monkeypatch):
    def fail(*args, **kwargs):
        raise RuntimeError("no trail")

    monkeypatch.setattr("core.audit.record", fail)
    client.raise_request_exception = False
    assert export(client, STORES).status_code == 500


def test_what_is_personal_stays_masked_in_an_exported_trail(client, auditor):
    with transaction.atomic():
        audit.record(auditor, "object.changed", auditor, {"phone": ("0811", "0812555666")})
    text = content_of(export(client, TRAIL)).decode()
    assert "0812555666" not in text
    assert "•••" in text


def test_the_sheet_about_it_says_filter_person_and_rows(client, auditor):
    StoreFactory(name="Toko Mawar")
    book = load_workbook(io.BytesIO(content_of(export(client, STORES + "?q=mawar", "xlsx"))))
    about = {line[0]: line[1] for line in book.worksheets[1].iter_rows(values_only=True)}
    assert "mawar" in " ".join(map(str, about.values()))
    assert str(auditor) in about.values()
    assert 1 in about.values()


def test_too_many_rows_for_paper_are_refused_in_words(client, auditor, monkeypatch):
    StoreFactory.create_batch(4, branch=BranchFactory())
    monkeypatch.setitem(FORMATS, "pdf", small(FORMATS["pdf"], at_once=1, at_most=3))
    response = client.post(STORES, {"format": "pdf"}, follow=True)
    assert "3" in response.content.decode()
    assert response.redirect_chain == [(STORES, 302)]
    assert not Job.objects.exists()


def small(form, **limits):
    return dataclasses.replace(form, **limits)


def test_a_large_export_becomes_a_job_of_the_person(client, auditor, monkeypatch):
    StoreFactory.create_batch(4, branch=BranchFactory())
    monkeypatch.setitem(FORMATS, "csv", small(FORMATS["csv"], at_once=3))
    response = export(client, STORES + "?sort=-code")
    job = Job.objects.get()
    assert response["Location"] == reverse("jobs:detail", args=[job.pk])
    assert job.requested_by == auditor
    assert job.params == {"path": STORES, "query": "sort=-code", "form": "csv"}


def test_the_queries_of_an_export_do_not_grow_with_its_rows(client, auditor, django_assert_max_num_queries):
    StoreFactory.create_batch(30, branch=BranchFactory())
    with django_assert_max_num_queries(12):
        content_of(export(client, STORES))
