"""Twenty thousand stores to a file: ours, with scope, pages by key, apostrophes and Indonesian forms, against what others
would take. Bare `csv` and bare xlsxwriter write the same fields of the same objects as they are, formulas included;
django-import-export does what its admin does.
"""

import csv
import io
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from operator import attrgetter
from typing import Any

import xlsxwriter
from django.db import connection
from import_export import fields, resources
from import_export.formats.base_formats import CSV, XLSX

from bench.harness import Comparison
from core.exports.about import About
from core.exports.csv_writer import write_csv
from core.exports.rows import rows_of
from core.exports.xlsx_writer import write_xlsx
from core.lists.sorts import Order
from organization.choices import Role
from organization.exports import store_columns
from organization.models import Store
from organization.selectors import stores_visible_to
from organization.tests.factories import BranchFactory, EmployeeFactory
from organization.views import StoreListView

STORES = 20_000
FILL = """
    INSERT INTO organization_store (code, name, company, address, city, phone, branch_id, latitude, longitude,
        is_position_verified, geofence_m, visits_a_month, opened_on)
    SELECT 'E' || lpad(n::text, 6, '0'), 'Toko ' || md5(n::text), 'PT Sumber', 'Jl. Merdeka No. ' || n, 'Kota ' || n % 400, '',
        (SELECT array_agg(id) FROM organization_branch)[1 + n % 8], -6.9, 107.6, true, 100, 1, date '2010-01-01' + n % 5000
    FROM generate_series(1, {}) n;
    ANALYZE organization_store
"""
READ = (
    "code", "name", "company", "address", "city", "branch__code", "branch__name", "is_position_verified", "latitude",
    "longitude", "opened_on", "closed_on",
)  # fmt: skip
ABOUT = About("Toko", "Bench", datetime(2026, 11, 25, tzinfo=UTC))


class StoreResource(resources.ModelResource):
    """The same columns, as one would declare them."""

    branch_code = fields.Field(attribute="branch__code")
    branch_name = fields.Field(attribute="branch__name")

    class Meta:
        model = Store
        fields = (*(name for name in READ if "__" not in name), "branch_code", "branch_name")

    def get_queryset(self) -> Any:
        return _stores().select_related("branch").order_by("code")


def comparisons() -> list[Comparison]:
    branches = BranchFactory.create_batch(8)
    with connection.cursor() as cursor:
        cursor.execute(FILL.format(STORES))
    person = EmployeeFactory(branch_office=branches[0], roles=[Role.ADMINISTRATOR])
    pairs: tuple[tuple[str, Any, Any, float], ...] = (
        ("CSV: ours / bare csv", write_csv, _bare_csv, 0.33),
        ("XLSX: ours / bare xlsxwriter", write_xlsx, _bare_xlsx, 0.5),
        ("CSV: ours / import-export", write_csv, partial(_by_library, CSV), 1.0),
        ("XLSX: ours / import-export", write_xlsx, partial(_by_library, XLSX), 1.0),
    )
    return [
        Comparison(
            name=name,
            unit="rows, query and file",
            units=STORES,
            ours=partial(_ours, write, person),
            peer=peer,
            at_least=at_least,
        )
        for name, write, peer, at_least in pairs
    ]


def _stores() -> Any:
    return Store.objects.filter(code__startswith="E")


def _ours(write: Any, person: Any) -> None:
    rows = rows_of(
        stores_visible_to(person).filter(code__startswith="E"), order=Order(StoreListView.sorts[0], False)
    )
    assert write(rows, store_columns(person), io.BytesIO(), ABOUT) == STORES


def _read() -> Iterator[list[Any]]:
    readers = [attrgetter(name.replace("__", ".")) for name in READ]
    for store in _stores().select_related("branch").order_by("code").iterator(1000):
        yield [read(store) for read in readers]


def _bare_csv() -> None:
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow(READ)
    writer.writerows(_read())
    assert file.tell()


def _bare_xlsx() -> None:
    with xlsxwriter.Workbook(io.BytesIO(), {"constant_memory": True}) as book:
        sheet, day = book.add_worksheet(), book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write_row(0, 0, READ)
        for at_row, row in enumerate(_read(), start=1):
            for at, value in enumerate(row):
                sheet.write(at_row, at, value, day if hasattr(value, "year") else None)


def _by_library(form: Any) -> None:
    data = StoreResource().export()
    assert len(data) == STORES
    assert form().export_data(data)
