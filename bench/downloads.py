"""The transaction report taken home. A million sales as CSV against a bare COPY of the same rows, which knows neither
formulas nor Indonesian; some days of them against django-import-export, bare xlsxwriter and bare reportlab.
"""

import tempfile
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from operator import attrgetter
from typing import Any

import xlsxwriter
from django.db import connection
from import_export import fields, resources
from import_export.formats.base_formats import CSV
from reportlab.lib.pagesizes import A4, landscape
from reportlab.platypus import LongTable, SimpleDocTemplate

from bench.harness import Comparison
from bench.sales import END, fill
from core.exports.asking import as_asked
from core.exports.formats import FORMATS
from organization.choices import Role
from organization.tests.factories import BranchFactory, EmployeeFactory
from ppob.models import Transaction
from ppob.views import TransactionListView

SALES = 1_000_000
A_DAY = 11_111
READ = (
    "occurred_at", "agent__agent_id", "agent__name", "noref", "customer_id", "product__name", "source_account", "biller__name",
    "state", "serial", "bill", "fine", "biller_fee", "counter_fee", "total", "sheets", "commission", "agent_share", "net",
    "response_code", "stan", "milliseconds", "business_on",
)  # fmt: skip
_BARE = """
    COPY (SELECT s.occurred_at, a.agent_id, a.name, s.noref, s.customer_id, p.name, s.source_account, b.name, s.state, s.serial,
              s.bill, s.fine, s.biller_fee, s.counter_fee, s.total, s.sheets, s.commission, s.agent_share, s.net,
              s.response_code, s.stan, s.milliseconds, s.business_on
          FROM ppob_transaction s JOIN ppob_agent a ON a.id = s.agent_id JOIN ppob_product p ON p.id = s.product_id
              JOIN ppob_biller b ON b.id = s.biller_id
          ORDER BY s.occurred_at DESC, s.id DESC) TO STDOUT (FORMAT csv)
"""


class TransactionResource(resources.ModelResource):
    """The same columns, as one would declare them."""

    user_id = fields.Field(attribute="agent__agent_id")
    user = fields.Field(attribute="agent__name")
    product_name = fields.Field(attribute="product__name")
    biller_name = fields.Field(attribute="biller__name")

    class Meta:
        model = Transaction
        fields = (
            *(name for name in READ if "__" not in name), "user_id", "user", "product_name", "biller_name",
        )  # fmt: skip


def comparisons() -> list[Comparison]:
    fill(SALES)
    person = EmployeeFactory(branch_office=BranchFactory(), roles=[Role.PPOB_ADMINISTRATOR])
    few, one = _rows(4).count(), _rows(1).count()
    ours = partial(_ours, person)
    return [
        _compare("CSV, 1,000,000 sales: ours / bare COPY", SALES, partial(ours, "csv", 92), _bare_copy, 0.4),
        _compare("CSV: ours / import-export", few, partial(ours, "csv", 4), partial(_by_library, 4), 10),
        _compare("XLSX: ours / bare xlsxwriter", one, partial(ours, "xlsx", 1), partial(_bare_xlsx, 1), 0.5),
        _compare(
            "PDF: ours / reportlab's LongTable", one, partial(ours, "pdf", 1), partial(_bare_pdf, 1), 1.0
        ),
    ]


def _compare(name: str, rows: int, ours: Any, peer: Any, at_least: float) -> Comparison:
    return Comparison(
        name=name, unit="rows, query and file", units=rows, ours=ours, peer=peer, at_least=at_least
    )


def _query(days: int) -> str:
    last = (END - timedelta(seconds=1)).astimezone().date()
    return f"since={last - timedelta(days=days - 1)}&until={last}"


def _rows(days: int) -> Any:
    rows = Transaction.objects.filter(occurred_at__gte=END - timedelta(days=days))
    return rows.select_related("agent", "product", "biller").order_by("-occurred_at", "-pk")


def _ours(person: Any, form: str, days: int) -> None:
    asked = as_asked(TransactionListView, {}, person=person, query=_query(days), form=FORMATS[form])
    with tempfile.TemporaryFile() as target:
        assert asked.write(target)


def _bare_copy() -> None:
    with (
        tempfile.TemporaryFile() as target,
        connection.cursor() as cursor,
        cursor.copy(_BARE) as rows,
    ):
        for row in rows:
            target.write(row)


def _read(days: int) -> Iterator[list[Any]]:
    readers = [attrgetter(name.replace("__", ".")) for name in READ]
    for sale in _rows(days).iterator(1000):
        yield [read(sale) for read in readers]


def _by_library(days: int) -> None:
    assert CSV().export_data(TransactionResource().export(queryset=_rows(days)))


def _bare_xlsx(days: int) -> None:
    with (
        tempfile.TemporaryFile() as target,
        xlsxwriter.Workbook(target, {"constant_memory": True, "remove_timezone": True}) as book,
    ):
        sheet, moment = book.add_worksheet(), book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        sheet.write_row(0, 0, READ)
        for at_row, row in enumerate(_read(days), start=1):
            for at, value in enumerate(row):
                sheet.write(at_row, at, value, moment if hasattr(value, "year") else None)


def _bare_pdf(days: int) -> None:
    """The ten columns that ours has on paper."""
    on_paper = [0, 1, 2, 3, 4, 5, 6, 7, 8, 14]
    lines = [[str(row[at]) for at in on_paper] for row in _read(days)]
    with tempfile.TemporaryFile() as target:
        SimpleDocTemplate(target, pagesize=landscape(A4)).build([LongTable(lines, repeatRows=0)])
